import { joinSh, type Sh, sh } from '../../sh.js';
import type { FirewallBackend } from './backend.js';
import { type PortRule, ports } from './port-rule.js';

/** Backend of firewalld, whose running and permanent rules are queried and changed apart. */
export const firewalld: FirewallBackend = {
  name: 'firewalld',
  isActive: sh`command -v firewall-cmd >/dev/null 2>&1 && { active firewalld || firewall-cmd --state >/dev/null 2>&1; }`,
  look: (rule) => sh`for when in now start; do
  printed=$(firewall-cmd $([ "$when" = now ] || echo --permanent) ${zone(rule)} ${`--query-${queryOf(rule)}`} 2>&1 </dev/null)
  printf '%s %s' "$?" "$printed" | field "$when"
done`,
  find: (fields) => {
    const problem = problemOf(fields('now')[0] ?? '') ?? problemOf(fields('start')[0] ?? '');
    const yes = (name: string) => (fields(name)[0] ?? '').startsWith('0 ');
    return { now: yes('now'), atStart: yes('start'), ...(problem === undefined ? {} : { problem }) };
  },
  change: (open, fields, rule) => {
    const word = `--${open ? 'add' : 'remove'}-${queryOf(rule)}`;
    const differs = (name: string) => (fields(name)[0] ?? '').startsWith('0 ') !== open;
    const ask = (permanent: Sh) => sh`firewall-cmd ${permanent} ${zone(rule)} ${word} >/dev/null </dev/null || exit`;
    return joinSh([...(differs('start') ? [ask(sh`--permanent`)] : []), ...(differs('now') ? [ask(sh``)] : [])]);
  },
};

/** Returns the error of a query: `--query-` ends with 0 for yes and 1 for no, and with another status for an error. */
function problemOf(answer: string): string | undefined {
  const [, status = '', printed = ''] = /^(\d+) ?(.*)$/s.exec(answer) ?? [];
  return status === '0' || (status === '1' && /^no\b/m.test(printed))
    ? undefined
    : printed.trim() || `exit status ${status}`;
}

function zone(rule: PortRule): Sh {
  return rule.zone === undefined ? sh`` : sh`${`--zone=${rule.zone}`}`;
}

function queryOf(rule: PortRule): string {
  const { source, family, proto } = rule;
  if (source === undefined) return `port=${ports(rule, '-')}/${proto}`;
  const from = `family="${family}" source address="${source}"`;
  return `rich-rule=rule ${from} port port="${ports(rule, '-')}" protocol="${proto}" accept`;
}
