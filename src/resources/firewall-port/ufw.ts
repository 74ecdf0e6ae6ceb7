import { joinSh, sh } from '../../sh.js';
import type { Fields } from '../path/printed-fields.js';
import type { FirewallBackend } from './backend.js';
import { type PortRule, ports } from './port-rule.js';

/** Backend of ufw, which recognizes rules by the words that they are added with. */
export const ufw: FirewallBackend = {
  name: 'ufw',
  isActive: sh`command -v ufw >/dev/null 2>&1 && LC_ALL=C ufw status 2>/dev/null | grep -q '^Status: active'`,
  look: () => sh`LC_ALL=C ufw show added 2>/dev/null | field added
{ iptables -S ufw-user-input; ip6tables -S ufw6-user-input; } 2>/dev/null | field live`,
  find: (fields, rule) => {
    const contrary = findAdded(fields, rule).find(({ action }) => action !== 'allow');
    return {
      now: isLive(fields, rule),
      atStart: findAdded(fields, rule).some(({ action }) => action === 'allow'),
      ...(contrary === undefined ? {} : { contrary: contrary.line }),
    };
  },
  change: (open, fields, rule) => {
    const found = findAdded(fields, rule);
    const allowed = found.filter(({ action }) => action === 'allow');
    const gone = open ? found.filter(({ action }) => action !== 'allow') : allowed;
    return joinSh([
      ...gone.map(({ action, rest }) => sh`ufw delete ${action} ${rest.split(' ')} </dev/null >/dev/null || exit`),
      open && allowed.length === 0
        ? sh`ufw allow ${words(rule)[0]?.split(' ') ?? []} </dev/null >/dev/null || exit`
        : sh``,
      // Rules that are known, and were taken from the kernel by somebody else, or left in it.
      ...(allowed.length > 0 === open ? [sh`ufw reload </dev/null >/dev/null || exit`] : []),
    ]);
  },
};

/** Lists the rules for this port and source, whether they allow or deny: `ufw allow 5000/tcp`. */
function findAdded(fields: Fields, rule: PortRule) {
  return (fields('added')[0] ?? '').split('\n').flatMap((line) => {
    const [, action = '', , all = ''] = /^ufw (allow|deny|reject|limit) (in )?(.*)$/.exec(line) ?? [];
    const rest = all.replace(/ comment .*$/s, '');
    return words(rule).includes(rest) ? [{ line, action, rest }] : [];
  });
}

/** Lists the words that mean the rule; the first ones are those that it is made with. */
function words(rule: PortRule): readonly string[] {
  const { source, proto } = rule;
  const port = ports(rule, ':');
  if (source !== undefined)
    return [`from ${source} to any port ${port} proto ${proto}`, `from ${source} to any port ${port}`];
  return [`${port}/${proto}`, ...(rule.first === rule.last ? [port] : [])];
}

function isLive(fields: Fields, rule: PortRule): boolean {
  const { source, proto, family } = rule;
  const match = rule.first === rule.last ? `-m ${proto} --dport` : '-m multiport --dports';
  const host = family === 'ipv6' ? '/128' : '/32';
  const from = source === undefined ? '' : `-s ${source.includes('/') ? source : source + host} `;
  const chain = family === 'ipv6' ? 'ufw6-user-input' : 'ufw-user-input';
  const wanted = `-A ${chain} ${from}-p ${proto} ${match} ${ports(rule, ':')} -j ACCEPT`;
  return (fields('live')[0] ?? '').split('\n').includes(wanted);
}
