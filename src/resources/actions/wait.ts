import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Plan, Reply, Resource } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import { needs } from '../path/path-params.js';
import { askHttp, askPort } from './reachable.js';

const params = z
  .strictObject({
    port: z
      .strictObject({
        host: z
          .string()
          .regex(/^[A-Za-z0-9_.:%-]+$/, { error: 'is not a name or address' })
          .default('127.0.0.1')
          .describe('Name or address, as the host resolves it'),
        port: z.int().min(1).max(65535).describe('TCP port'),
      })
      .optional()
      .describe('Port to connect to, from the host'),
    http: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/, error: 'must be a URL, http://… or https://…' })
          .describe('URL to request, from the host'),
        status: z
          .union([z.int(), z.array(z.int()).min(1)])
          .default(200)
          .describe('Accepted HTTP status, or a list of them'),
        contains: z.string().min(1).optional().describe('Text that the answer must contain'),
        insecure: z.boolean().default(false).describe('Accept any certificate'),
      })
      .optional()
      .describe('URL that must answer, from the host'),
    state: z.enum(['open', 'closed']).default('open').describe('`closed`: wait until nothing answers any more'),
    timeout: z.number().positive().max(86400).default(60).describe('Seconds to wait at most'),
    interval: z.number().positive().default(0.5).describe('Seconds between two attempts'),
    needs,
  })
  .refine(({ port, http }) => (port === undefined) !== (http === undefined), {
    error: 'needs port or http, and not both',
    path: ['port'],
  });

type Params = z.output<typeof params>;

/** Result of a look: `open`, `closed` (and why), or that the host has no tool to look with. */
interface WaitState {
  readonly found: 'open' | 'closed' | 'no-tool';
  readonly why: string;
}

/**
 * Waits, on the host, until a port takes connections or an address answers.
 *
 * @example wait({ http: { url: 'http://localhost:5000/v2/' }, timeout: 30, needs: ['service:docker-registry'] })
 */
export const wait = defineResource({
  kind: 'wait',
  summary: 'Wait until a port or an address answers',
  params,
  create: (params): Resource<WaitState> => {
    const { port, http } = params;
    return {
      kind: 'wait',
      id: http?.url ?? `${port?.host}:${port?.port}`,
      provides: [],
      needs: [...params.needs, ...(port === undefined ? [] : [`port:${port.port}` as const])],
      staging: 'skip',
      probe: () => sh`LC_ALL=C; export LC_ALL
${question(params)}
ask`,
      parse: (reply) => parse(reply),
      plan: (state) => plan(state, params),
      result: ({ found, why }) => ({ open: found === 'open', answer: why }),
    };
  },
});

/** Defines `ask`, which prints `open`, `closed WHY` or `no-tool WHY`. */
function question({ port, http }: Params): Sh {
  if (http !== undefined) return askHttp({ ...http, status: [http.status].flat() });
  return askPort(port?.host ?? '', port?.port ?? 0);
}

function parse(reply: Reply): WaitState {
  const [, found, why = ''] = /^(open|closed|no-tool) ?(.*)$/m.exec(reply.stdout) ?? [];
  if (found !== 'open' && found !== 'closed' && found !== 'no-tool') {
    throw new Error(`could not query: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
  }
  return { found, why };
}

function plan(state: WaitState, params: Params): Plan<WaitState> {
  if (state.found === 'no-tool') {
    // A package that comes before may bring one.
    const script = sh`echo ${state.why} >&2; false`;
    return { verdict: 'change', summary: 'waited', apply: { via: 'sh', script }, uncertain: state.why };
  }
  if (state.found === params.state) return { verdict: 'ok', details: state.why === '' ? [] : [state.why] };
  const { timeout, interval } = params;
  const script = sh`LC_ALL=C; export LC_ALL
${question(params)}
end=$(($(date +%s) + ${Math.ceil(timeout)}))
while :; do
  answer=$(ask)
  case $answer in ${params.state}*) exit 0 ;; esac
  [ "$(date +%s)" -lt "$end" ] || break
  sleep ${interval} 2>/dev/null || sleep 1
done
echo "not ${params.state} after ${Math.ceil(timeout)} seconds: $answer" >&2
exit 1`;
  return {
    verdict: 'change',
    summary: `waited until ${params.state}`,
    apply: { via: 'sh', script, deadline: timeout + 30 },
    uncertain: params.state === 'open' ? `it does not answer yet (${state.why || 'closed'})` : 'it still answers',
  };
}
