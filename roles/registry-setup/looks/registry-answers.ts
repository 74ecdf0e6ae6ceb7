import { z } from 'zod';
import { defineResource, type Plan, type Reply, type Resource, type Sh, sh } from '../../../src/index.js';
import { readRegistryFiles } from './own-registries.js';
import { defineHolder, describeHolder, type PortHolder, parseHolder } from './port-holder.js';

const params = z.strictObject({
  host: z.string().describe('Name or address at which the host itself reaches it, as in a URL'),
  scheme: z.enum(['http', 'https']),
  port: z.int(),
  runtime: z.enum(['package', 'docker', 'podman']),
  unit: z.string(),
  container: z.string(),
  config_path: z.string(),
  timeout: z.int().default(30).describe('Seconds'),
  needs: z.array(z.custom<`service:${string}`>()).default([]),
});

type Params = z.output<typeof params>;

interface AnswerState {
  /** HTTP status; 0 where nothing answers. */
  readonly status: number;
  /** Error of curl. */
  readonly why: string;
  /** Port that it was asked at: the one that its configuration has. */
  readonly port: number;
  readonly holder: PortHolder | undefined;
  readonly unitId: string;
}

/** Answer of a registry: by its own process, at the port that its configuration has. */
export const registry_answers = defineResource({
  kind: 'registry_answers',
  summary: 'Wait until a registry answers, by its own process',
  params,
  create: (params): Resource<AnswerState> => ({
    kind: 'registry_answers',
    id: `${params.host}:${params.port}`,
    provides: [`registry:${params.port}`],
    needs: [...params.needs, `port:${params.port}`],
    staging: 'skip',
    probe: () => sh`${question(params)}
ask
holder "$port" "$status"
printf 'unit\t%s\n' "$(systemctl show -p Id -- ${params.unit} 2>/dev/null | sed -n 's/^Id=//p')"
:`,
    parse: parseAnswer,
    plan: (state) => plan(state, params),
    result: ({ status, port }) => ({ open: isUp(status), answer: String(status), port }),
  }),
});

/** Defines `ask`, which sets `port` and `status`, and prints both. */
function question({ host, scheme, port, runtime, unit, container, config_path }: Params): Sh {
  const other = scheme === 'http' ? 'https' : 'http';
  const published = `{{range $to, $all := .HostConfig.PortBindings}}{{if eq (printf "%s" $to) "5000/tcp"}}{{range $all}}{{.HostPort}} {{end}}{{end}}{{end}}`;
  const configured = {
    package: sh`port_in ${config_path}`,
    docker: sh`docker inspect -f ${published} ${container} 2>/dev/null | tr -d ' '`,
    podman: sh`published_in ${`/etc/systemd/system/${unit}.service`} || published_in ${`/etc/containers/systemd/${unit}.container`}`,
  }[runtime];
  return sh`LC_ALL=C; export LC_ALL
${readRegistryFiles}
${defineHolder(runtime === 'docker')}
get() {
  if command -v curl >/dev/null 2>&1; then
    said=$(curl -sSk --noproxy '*' --connect-timeout 5 --max-time 10 -o /dev/null -w '\n%{http_code}' "$1" 2>&1 </dev/null)
  elif command -v wget >/dev/null 2>&1; then
    said=$(wget -q -S -O /dev/null -T 5 --no-proxy --no-check-certificate "$1" 2>&1 </dev/null | sed -n 's|^ *HTTP/[0-9.]* \([0-9]*\).*|\n\1|p' | tail -n 1)
  else said='neither curl nor wget is there to ask with
000'
  fi
  status=\${said##*
}
  [ -n "$status" ] || status=000
}
ask() {
  port=$(${configured})
  case $port in '' | *[!0-9]*) port=${String(port)} ;; esac
  for at in ${scheme} ${other}; do
    get "$at"://${host}:"$port"/v2/
    case $status in 200 | 401) break ;; esac
  done
  printf 'answer\t%s\t%s\t%s\n' "$status" "$port" "$(printf '%s' "$said" | head -n 1)"
}`;
}

export function parseAnswer(reply: Reply): AnswerState {
  const { stdout } = reply;
  const [, status = '', port = '', why = ''] = /^answer\t(\d+)\t(\d+)\t(.*)$/m.exec(stdout) ?? [];
  if (status === '')
    throw new Error(`could not query the registry: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
  const unitId = /^unit\t(.*)$/m.exec(stdout)?.[1] ?? '';
  return { status: Number(status), why, port: Number(port), holder: parseHolder(stdout).holder, unitId };
}

function plan(state: AnswerState, params: Params): Plan<AnswerState> {
  const { status, port } = state;
  const problem = problemOf(state, params);
  if (isUp(status) && problem !== undefined)
    return { verdict: 'refused', message: problem, hint: 'stop it, and run again' };
  if (isUp(status))
    return port === params.port
      ? { verdict: 'ok' }
      : {
          verdict: 'ok',
          note: `it answers at port ${port}: its configuration is kept, and registry_port is ${params.port}`,
        };
  const { timeout } = params;
  const script = sh`${question(params)}
end=$(($(date +%s) + ${timeout}))
while :; do
  ask >/dev/null
  case $status in 200 | 401) exit 0 ;; esac
  [ "$(date +%s)" -lt "$end" ] || break
  sleep 0.5 2>/dev/null || sleep 1
done
echo "no answer at port $port after ${timeout} seconds: status $status $(printf '%s' "$said" | head -n 1)" >&2
exit 1`;
  return {
    verdict: 'change',
    summary: 'waited until it answers',
    apply: { via: 'sh', script, deadline: timeout + 60 },
    uncertain: `it does not answer yet (${status === 0 ? state.why : `status ${status}`})`,
    verify: (after) =>
      isUp(after.status)
        ? problemOf(after, params)
        : `it does not answer at port ${after.port}: status ${after.status}`,
  };
}

/** Returns what is wrong where another process than the registry's own has the port. */
function problemOf({ holder, unitId, port }: AnswerState, { runtime, unit, container }: Params): string | undefined {
  if (holder === undefined) return undefined;
  const isOwn =
    (runtime !== 'docker' && holder.unit !== '' && holder.unit === unitId) ||
    (runtime !== 'package' && holder.container === container);
  const own = runtime === 'docker' ? `the container ${container}` : `${unit}.service`;
  return isOwn ? undefined : `port ${port} is held by ${describeHolder(holder)}, and not by ${own}`;
}

function isUp(status: number): boolean {
  return status === 200 || status === 401;
}
