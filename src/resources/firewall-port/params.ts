import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { forceParams, needs } from '../path/path-params.js';
import { network, type PortRule } from './port-rule.js';

const portForm = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?$/;

export const firewallPortParams = z
  .strictObject({
    port: z
      .union([z.int(), z.string()])
      .transform(String)
      .refine(isPort, { error: 'must be a port from 1 to 65535, or two of them: 5000, "8000-8010", "5000/tcp"' })
      .describe('Port: `5000`, `8000-8010`, `5000/tcp`'),
    proto: z.enum(['tcp', 'udp']).optional().describe('Protocol; tcp unless given with the port'),
    source: z
      .string()
      .transform((text, context) => {
        const known = network(text);
        if (known === undefined) context.addIssue('must be an address or a network: 192.0.2.0/24');
        return known ?? '';
      })
      .optional()
      .describe('Address or network that is let in; everybody unless given'),
    zone: z
      .string()
      .regex(/^[\w-]+$/, { error: 'is not a name of a zone' })
      .optional()
      .describe('Zone of firewalld; its default one unless given. Other firewalls have none'),
    state: z
      .enum(['open', 'closed'])
      .default('open')
      .describe('`closed` removes the rule that opens it; other rules that let it through stay'),
    backend: z
      .enum(['auto', 'firewalld', 'ufw', 'nftables', 'iptables'])
      .default('auto')
      .describe('Firewall; unless given, the one that runs'),
    require: z.boolean().default(false).describe('Fail where no firewall runs'),
    ...forceParams,
    needs,
  })
  .refine(({ port, proto }) => proto === undefined || (portForm.exec(port)?.[3] ?? proto) === proto, {
    error: 'the port has another protocol',
    path: ['proto'],
  });

export type FirewallPortParams = z.output<typeof firewallPortParams>;

function isPort(text: string): boolean {
  const [, first = '', last = first] = portForm.exec(text) ?? [];
  return Number(first) >= 1 && Number(first) <= Number(last) && Number(last) <= 65535;
}

/** Returns the rule that the parameters mean. */
export function ruleOf({ port, proto, source, zone }: FirewallPortParams): PortRule {
  const [, first = '', last = first, named] = portForm.exec(port) ?? [];
  return {
    first: Number(first),
    last: Number(last),
    proto: proto ?? (named === 'udp' ? 'udp' : 'tcp'),
    source,
    family: source === undefined ? undefined : isIPv4(source.split('/')[0] ?? '') ? 'ipv4' : 'ipv6',
    zone,
  };
}
