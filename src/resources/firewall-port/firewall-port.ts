import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { madeThing } from '../content/recorded-file.js';
import { type Fields, printedFields, printField } from '../path/printed-fields.js';
import type { FirewallBackend } from './backend.js';
import { firewalld } from './firewalld.js';
import { iptables } from './iptables.js';
import { nftables } from './nftables.js';
import { type FirewallPortParams, firewallPortParams, ruleOf } from './params.js';
import type { PortRule } from './port-rule.js';
import { ufw } from './ufw.js';

/** Firewalls, in the order in which they are looked for: the first two have rules of the others below them. */
const backends: readonly FirewallBackend[] = [firewalld, ufw, nftables, iptables];

interface FirewallState {
  readonly backend: FirewallBackend | undefined;
  readonly fields: Fields;
  /** Firewall that filters input, but keeps no rule over a restart; empty for none. */
  readonly loose: string;
}

/**
 * Port that the firewall of the host lets through: now, and after it starts again.
 *
 * @example firewall_port({ port: 5000, source: '192.0.2.0/24' })
 */
export const firewall_port = defineResource({
  kind: 'firewall_port',
  summary: 'A port that the firewall lets through, now and after a restart',
  params: firewallPortParams,
  create: (params): Resource<FirewallState> => {
    const rule = ruleOf(params);
    return {
      kind: 'firewall_port',
      id: idOf(params, rule),
      provides: [`port:${rule.first}`],
      needs: [
        ...params.needs,
        'package:*',
        ...(['firewalld', 'ufw', 'nftables', 'iptables', 'netfilter-persistent'] as const).map(
          (each) => `service:${each}` as const,
        ),
      ],
      staging: 'skip',
      probe: () => probe(params, rule),
      parse: (reply) => parse(reply, params),
      plan: (state, host) => plan(state, params, rule, host),
      result: ({ backend, fields }) => ({
        backend: backend?.name ?? 'none',
        open: backend?.find(fields, rule).now ?? true,
      }),
    };
  },
});

function idOf({ port }: FirewallPortParams, { proto, source }: PortRule): string {
  return `${port.split('/')[0]}/${proto}${source === undefined ? '' : ` from ${source}`}`;
}

function probe({ backend }: FirewallPortParams, rule: PortRule): Sh {
  const asked = backends.filter(({ name }) => backend === 'auto' || backend === name);
  const cases = asked.map(
    ({ name, isActive, look }, index) => sh`${index === 0 ? sh`if` : sh`elif`} ${isActive}; then
printf %s ${name} | field backend
${look(rule)}`,
  );
  return joinSh([
    printField,
    sh`LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || echo | field unprivileged
active() { command -v systemctl >/dev/null 2>&1 && systemctl is-active -q "$1" 2>/dev/null; }`,
    ...cases,
    sh`else
  { iptables -w -S INPUT || iptables -S INPUT; } 2>/dev/null | grep -q -E -e '^-P INPUT DROP|^-A INPUT -j (DROP|REJECT)' && printf iptables | field loose
  nft list ruleset 2>/dev/null | grep -q -E 'hook input .*policy drop' && printf nftables | field loose
fi
end`,
  ]);
}

function parse(reply: Reply, { port }: FirewallPortParams): FirewallState {
  const fields = printedFields(reply, `the firewall for ${port}`);
  const name = fields('backend')[0];
  return { backend: backends.find((each) => each.name === name), fields, loose: fields('loose')[0] ?? '' };
}

function plan(
  { backend, fields, loose }: FirewallState,
  params: FirewallPortParams,
  rule: PortRule,
  host: HostContext,
): Plan<FirewallState> {
  const open = params.state === 'open';
  if (fields('unprivileged').length > 0) {
    return { verdict: 'refused', message: 'only root can read the rules of the firewall', hint: 'set become: true' };
  }
  if (backend === undefined) return planWithout(params, loose);
  const found = backend.find(fields, rule);
  if (found.problem !== undefined) return { verdict: 'refused', message: `${backend.name}: ${found.problem}` };
  if (rule.zone !== undefined && backend !== firewalld) {
    return {
      verdict: 'refused',
      message: `${backend.name} runs on this host, and has no zones`,
      hint: 'use `source` instead of zone',
    };
  }
  if (found.filtersNothing === true) return { verdict: 'ok', note: `${backend.name} filters no incoming traffic` };
  if (open && found.contrary !== undefined && !isForced(params, host)) {
    return { verdict: 'kept', summary: `there is the rule ${found.contrary}`, hint: forceHint(params) };
  }
  const contrary = open && found.contrary !== undefined;
  if (found.now === open && found.atStart === open && !contrary) return { verdict: 'ok', details: [backend.name] };
  const done = open ? 'opened' : 'closed';
  const when = found.now === open ? ' for the next start' : found.atStart === open ? ' now, as at every start' : '';
  const script = backend.change(open, fields, rule);
  const { port, proto, source, zone } = params;
  const removal = { port, proto, source, zone, state: 'closed' };
  return {
    verdict: 'change',
    summary: `${done} in ${backend.name}${when}`,
    apply: { via: 'sh', script, deadline: 120 },
    ...(open &&
      !found.now &&
      !found.atStart && { writes: [madeThing({ kind: 'firewall_port', id: idOf(params, rule) }, removal)] }),
  };
}

function planWithout({ backend, require, state }: FirewallPortParams, loose: string): Plan<FirewallState> {
  if (backend !== 'auto') return { verdict: 'refused', message: `${backend} does not run on this host` };
  if (loose !== '' && state === 'open') {
    const hint = 'install and enable nftables or iptables-persistent; on Red Hat firewalld or iptables-services';
    return {
      verdict: 'refused',
      message: `${loose} filters incoming traffic, but nothing would restore a rule after a restart`,
      hint,
    };
  }
  if (require) return { verdict: 'refused', message: 'no firewall is active on this host' };
  return { verdict: 'ok', note: 'no firewall is active' };
}
