import { z } from 'zod';
import { defineResource, isRepository, type Reply, type Resource, sh } from '../../src/index.js';

const params = z.strictObject({
  url: z.string().describe('Address of the registry as the host reaches it'),
  service: z.string().optional().describe('Service that is ours, if the registry is'),
  container: z.string().optional().describe('Container that is ours, if the registry is'),
  config: z
    .string()
    .optional()
    .describe('Its configuration, where nobody said whether it is to be read-only: one that is must stay so'),
  force: z.boolean().default(false).describe('Replace a registry that others set up'),
});

export interface RegistryState {
  /** Repositories in its catalog (the first hundred); undefined when nothing answers. */
  readonly repositories: readonly string[] | undefined;
  /** True where the given service or container answers. */
  readonly ours: boolean;
  /** True where its configuration, if one was given, makes it read-only. */
  readonly readOnly: boolean;
}

/** Check for a registry with images that this role does not manage. */
export const registry_state = defineResource({
  kind: 'registry_state',
  summary: 'Whether a registry is there already',
  params,
  create: ({ url, service, container, config, force }): Resource<RegistryState> => ({
    kind: 'registry_state',
    id: url,
    provides: [],
    needs: [],
    staging: 'skip',
    probe: () => sh`
if command -v curl >/dev/null 2>&1; then curl -sk --max-time 5 -w '\n%{http_code}\n' ${`${url}/v2/_catalog?n=100`}; else echo; echo 000; fi
${container === undefined ? sh`systemctl is-active -q ${service ?? ''} 2>/dev/null && echo ours` : sh`[ "$(docker inspect -f '{{.State.Running}}' ${container} 2>/dev/null)" = true ] && echo ours`}
${config === undefined ? sh`:` : sh`grep -A1 '^ *readonly:' ${config} 2>/dev/null | grep -q 'enabled: true' && echo read-only`}
:`,
    parse: parseRegistryState,
    plan: ({ repositories, ours, readOnly }) => {
      if (readOnly && force)
        return {
          verdict: 'refused',
          message: `the registry is read-only by ${config ?? 'its configuration'}, and would become writable: registry_read_only is not set`,
          hint: 'set registry_read_only: true to keep it so, or false to make it writable',
        };
      if (repositories === undefined) return { verdict: 'ok', note: 'no registry answers yet' };
      const count = `${repositories.length}${repositories.length === 100 ? ' or more' : ''} repositories`;
      if (ours || repositories.length === 0 || force) return { verdict: 'ok', note: `a registry answers, ${count}` };
      return {
        verdict: 'kept',
        summary: `a registry with ${count} is there already, run by something else: kept`,
        hint: 'set docker_registry_setup_force: true (or --force) to set up this one anyway',
      };
    },
    result: ({ repositories, ours }) => ({
      repositories: (repositories ?? []).filter(isRepository),
      answers: repositories !== undefined,
      foreign: !ours && !force && repositories !== undefined && repositories.length > 0,
    }),
  }),
});

export function parseRegistryState(reply: Reply): RegistryState {
  const lines = reply.stdout.split('\n');
  const at = lines.findIndex((line) => /^\d{3}$/.test(line));
  if (at < 0) throw new Error(`could not ask the registry: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
  const ours = lines.slice(at + 1).includes('ours');
  const readOnly = lines.slice(at + 1).includes('read-only');
  const status = lines[at];
  if (status === '401') return { repositories: [], ours, readOnly };
  if (status !== '200') return { repositories: undefined, ours, readOnly };
  return { repositories: catalogOf(lines.slice(0, at).join('\n')), ours, readOnly };
}

function catalogOf(body: string): readonly string[] | undefined {
  try {
    return z.object({ repositories: z.array(z.string()).nullable() }).parse(JSON.parse(body)).repositories ?? [];
  } catch {
    return undefined; // Something answers at this port that is no registry.
  }
}
