import { joinSh, type Sh, sh } from '../../sh.js';
import type { Fields } from '../path/printed-fields.js';
import type { FirewallBackend } from './backend.js';
import { type Chain, inputChains } from './nftables-chains.js';
import { type PortRule, ports } from './port-rule.js';
import { writeRules } from './write-rules.js';

/** File of our rules, which is read after all others. */
const ownFile = '/etc/nftables.provision.conf';
const include = `include "${ownFile}"`;

/**
 * Backend of nftables, and of /etc/nftables.conf, which the service loads. Every chain has to let a packet through.
 * So ours is the first rule of each chain of that file that filters input; the file includes a second one with our
 * rules.
 */
export const nftables: FirewallBackend = {
  name: 'nftables',
  isActive: sh`command -v nft >/dev/null 2>&1 && active nftables`,
  look: () => sh`for f in /etc/nftables.conf /etc/sysconfig/nftables.conf; do
  [ ! -f "$f" ] || { printf %s "$f" | field path; field conf <"$f"; break; }
done
[ ! -f ${ownFile} ] || field ours <${ownFile}
nft -n list ruleset 2>&1 | field ruleset`,
  find: (fields, rule) => {
    if (fields('path').length === 0) return { now: false, atStart: false, problem: 'there is no /etc/nftables.conf' };
    const chains = chainsFor(fields, rule);
    if (chains.length === 0) return { now: true, atStart: true, filtersNothing: true };
    const included = (fields('conf')[0] ?? '').split('\n').includes(include);
    const ours = ownLines(fields);
    return {
      now: chains.every((chain) => chain.rules.includes(ruleOf(rule))),
      atStart: included && chains.every((chain) => ours.includes(insertion(chain, rule))),
    };
  },
  change: (open, fields, rule) => {
    const chains = chainsFor(fields, rule);
    const conf = fields('conf')[0] ?? '';
    const mine = (line: string) => line.endsWith(` ${ruleOf(rule)}`);
    const lines = ownLines(fields).filter((line) => !mine(line));
    const wanted = open ? [...lines, ...chains.map((chain) => insertion(chain, rule))] : lines;
    const text = ['# Managed by provision.', ...wanted].map((line) => `${line}\n`).join('');
    const withInclude = conf.split('\n').includes(include) ? conf : `${conf.replace(/\n?$/, '\n')}${include}\n`;
    const path = fields('path')[0] ?? '';
    return joinSh([
      sh`printed=$(printf '%s\n' ${conf
        .split('\n')
        .filter((line) => line !== include)
        .join('\n')} ${text} | nft -c -f /dev/stdin 2>&1) || {
  printf '%s\n' "$printed" >&2; echo ${`nothing was changed: nft refuses ${path} with the rule`} >&2; exit 1; }`,
      writeRules(ownFile, text, { backup: false }),
      ...(withInclude === conf ? [] : [writeRules(path, withInclude, { backup: true })]),
      ...chains.map((chain) => changeLive(chain, open, rule)),
    ]);
  },
};

/**
 * Lists the chains that the file makes, as far as that can be seen in it: rules in other chains would end with them.
 */
function chainsFor(fields: Fields, { family }: PortRule): readonly Chain[] {
  const known = family === 'ipv4' ? ['inet', 'ip'] : family === 'ipv6' ? ['inet', 'ip6'] : ['inet', 'ip', 'ip6'];
  const conf = fields('conf')[0] ?? '';
  const live = inputChains(fields('ruleset')[0] ?? '');
  const names = new Set(inputChains(conf).map(({ name }) => name));
  const includes = conf.split('\n').some((line) => /^\s*include\b/.test(line) && line !== include);
  return live.filter(({ table, name, filters }) => filters && known.includes(table) && (includes || names.has(name)));
}

function ruleOf(rule: PortRule): string {
  const from = rule.source === undefined ? '' : `${rule.family === 'ipv6' ? 'ip6' : 'ip'} saddr ${rule.source} `;
  return `${from}${rule.proto} dport ${ports(rule, '-')} accept comment "provision"`;
}

function insertion({ name }: Chain, rule: PortRule): string {
  return `insert rule ${name} ${ruleOf(rule)}`;
}

function ownLines(fields: Fields): readonly string[] {
  return (fields('ours')[0] ?? '').split('\n').filter((line) => line.startsWith('insert rule '));
}

function changeLive(chain: Chain, open: boolean, rule: PortRule): Sh {
  const there = chain.rules.includes(ruleOf(rule));
  if (open) return there ? sh`:` : sh`nft ${insertion(chain, rule)} || exit`;
  return sh`for handle in $(nft -n -a list chain ${chain.name.split(' ')} | grep -F -e ${`${ruleOf(rule)} # handle `} | sed 's/.* //'); do
  nft delete rule ${chain.name.split(' ')} handle "$handle" || exit
done`;
}
