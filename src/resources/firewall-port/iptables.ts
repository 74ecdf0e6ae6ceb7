import { joinSh, type Sh, sh } from '../../sh.js';
import type { Fields } from '../path/printed-fields.js';
import type { FirewallBackend, FoundRule } from './backend.js';
import { editSaved, inputRules, opens, splitRule } from './iptables-rules.js';
import { type PortRule, ports } from './port-rule.js';
import { writeRules } from './write-rules.js';

/** Backend of iptables, and of the file that is restored at the start: iptables-services, iptables-persistent. */
export const iptables: FirewallBackend = {
  name: 'iptables',
  isActive: sh`{ active iptables && [ -f /etc/sysconfig/iptables ]; } || { active netfilter-persistent && [ -f /etc/iptables/rules.v4 ]; } || {
  [ ! -d /run/systemd/system ] && [ -f /etc/sysconfig/iptables ] && service iptables status >/dev/null 2>&1; }`,
  look: () => joinSh(tables.map(lookAt)),
  find: (fields, rule) => {
    const found = tablesFor(fields, rule).map((table) => findIn(fields, table, rule));
    return { now: found.every(({ now }) => now), atStart: found.every(({ atStart }) => atStart) };
  },
  change: (open, fields, rule) => joinSh(tablesFor(fields, rule).map((table) => changeIn(fields, table, open, rule))),
};

interface Table {
  readonly command: 'iptables' | 'ip6tables';
  readonly family: 'ipv4' | 'ipv6';
  readonly files: readonly string[];
}

const tables: readonly Table[] = [
  { command: 'iptables', family: 'ipv4', files: ['/etc/sysconfig/iptables', '/etc/iptables/rules.v4'] },
  { command: 'ip6tables', family: 'ipv6', files: ['/etc/sysconfig/ip6tables', '/etc/iptables/rules.v6'] },
];

/**
 * Prints the rules of a table. IPv6 counts where something restores its rules: Red Hat has a service of its own for
 * it.
 */
function lookAt({ command, files }: Table): Sh {
  const [redHat = '', debian = ''] = files;
  return sh`f=; if [ -f ${redHat} ] && { [ ${command} = iptables ] || active ip6tables; }; then f=${redHat}
elif [ -f ${debian} ] && active netfilter-persistent; then f=${debian}; fi
if [ -n "$f" ]; then printf %s "$f" | field ${`${command}-path`}; field ${`${command}-saved`} <"$f"
  { ${command} -w -S INPUT 2>/dev/null || ${command} -S INPUT; } | field ${`${command}-live`}; fi`;
}

function tablesFor(fields: Fields, { family }: PortRule): readonly Table[] {
  return tables.filter(
    (table) => fields(`${table.command}-path`).length > 0 && (family === undefined || family === table.family),
  );
}

function findIn(fields: Fields, { command }: Table, rule: PortRule): FoundRule {
  const reaches = (name: string) => {
    const rules = inputRules(fields(`${command}-${name}`)[0] ?? '');
    const end = rules.findIndex((line) => /^-A INPUT -j (DROP|REJECT)\b/.test(line));
    return rules.slice(0, end < 0 ? rules.length : end).some((line) => opens(line, rule));
  };
  return { now: reaches('live'), atStart: reaches('saved') };
}

function changeIn(fields: Fields, table: Table, open: boolean, rule: PortRule): Sh {
  const { command } = table;
  const found = findIn(fields, table, rule);
  const pieces: Sh[] = [sh`w=-w; ${command} -w -S INPUT >/dev/null 2>&1 || w=`];
  const path = fields(`${command}-path`)[0] ?? '';
  const saved = fields(`${command}-saved`)[0] ?? '';
  const edited = open && found.atStart ? saved : editSaved(saved, open, rule, ruleLine(rule));
  if (edited !== saved) {
    pieces.push(writeRules(path, edited, { validate: `${command}-restore --test <%s`, backup: true }));
  }
  if (open && !found.now) pieces.push(sh`${command} $w -I INPUT 1 ${splitRule(ruleLine(rule)).slice(2)} || exit`);
  if (!open) {
    const gone = inputRules(fields(`${command}-live`)[0] ?? '').filter((line) => opens(line, rule));
    pieces.push(...gone.map((line) => sh`${command} $w -D ${splitRule(line).slice(1)} || exit`));
  }
  return joinSh(pieces);
}

/** Formats a rule as iptables-save prints it. */
function ruleLine(rule: PortRule): string {
  const { source, proto, family } = rule;
  const length = source?.includes('/') === true ? '' : family === 'ipv6' ? '/128' : '/32';
  const from = source === undefined ? '' : `-s ${source}${length} `;
  return `-A INPUT ${from}-p ${proto} -m ${proto} --dport ${ports(rule, ':')} -m conntrack --ctstate NEW -j ACCEPT`;
}
