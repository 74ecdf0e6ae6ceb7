import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { forceHint, isForced } from '../../content/kept-content.js';
import { isRecorded } from '../../content/recorded-file.js';
import { absolutePath, forceParams, needs } from '../../path/path-params.js';
import { pathNeeds } from '../../path/refs.js';
import { pickServiceManager } from '../../services/pick-service-manager.js';
import { daemonJsonParams } from './docker-config.js';
import { type DaemonDifference, daemonDifferences, keysLacking } from './docker-daemon-differences.js';
import { type DaemonState, parseDaemon, probeDaemon } from './docker-daemon-state.js';
import { hasDaemonJson } from './edit-daemon-json.js';
import { applyOrPutBack } from './put-back.js';

const params = z.strictObject({
  service: z.string().default('docker').describe('Service of the daemon'),
  config: absolutePath.default('/etc/docker/daemon.json').describe("The daemon's configuration file"),
  keys: z.array(z.string()).default([]).describe('Keys of that file that the running daemon must have in effect'),
  ...daemonJsonParams,
  merge: daemonJsonParams.merge.describe(
    'Keys with their values, as of `docker_config`: what else the file says of them is not put into effect unless forced',
  ),
  files: z
    .array(absolutePath)
    .default([])
    .describe('Other files that the service reads: drop-ins of its unit. They are put back with the configuration'),
  sysconfig: absolutePath.optional().describe('File of options that the service reads'),
  flags: z
    .array(z.string())
    .default([])
    .describe('Options of that file, without dashes, that the daemon must have been started with'),
  environment: z
    .array(z.string())
    .default([])
    .describe("Variables of the service's unit that the daemon must have been started with"),
  ...forceParams,
  needs,
});

/**
 * Running dockerd with the configuration in its files: reloaded where that is enough, restarted where it isn't. Other
 * tasks write the files, so a file that was kept is not overwritten here. With `merge`, a file that was kept, or edited
 * by hand, is not put into effect either. When dockerd refuses the files, the old ones are put back and in effect again.
 *
 * @example docker_daemon({ keys: ['insecure-registries', 'log-opts'] })
 */
export const docker_daemon = defineResource({
  kind: 'docker_daemon',
  summary: 'dockerd running with the configuration in its files',
  params,
  create: (params): Resource<DaemonState> => ({
    kind: 'docker_daemon',
    id: params.service,
    provides: [`service:${params.service}`],
    needs: [
      ...params.needs,
      ...pathNeeds(params.config),
      ...(params.sysconfig === undefined ? [] : pathNeeds(params.sysconfig)),
      `service:${params.service}`,
    ],
    staging: 'skip',
    probe: () => probeDaemon(params),
    parse: (reply) => parseDaemon(reply, params.service),
    plan: (state, host) => plan(state, params, host),
    result: ({ info }) => ({ version: info?.ServerVersion ?? '', log_driver: info?.LoggingDriver ?? '' }),
  }),
});

function plan(state: DaemonState, params: z.output<typeof docker_daemon.params>, host: HostContext): Plan<DaemonState> {
  const { service } = params;
  const manager = pickServiceManager(host.facts);
  if (manager === undefined) return { verdict: 'refused', message: 'this host has no service manager' };
  if (state.info === undefined) {
    const message = `docker does not answer: ${state.reason || 'it is not installed'}`;
    return { verdict: 'refused', message, hint: `journalctl -u ${service} may show why` };
  }
  const keys = [...new Set([...params.keys, ...Object.keys(params.merge)])];
  const differences = daemonDifferences(state, { ...params, keys });
  if (typeof differences === 'string') return { verdict: 'refused', message: differences };
  if (differences.length === 0) return { verdict: 'ok', details: [`docker ${state.info.ServerVersion ?? ''}`.trim()] };
  const kept = isForced(params, host) ? undefined : keptFile(state, differences, params);
  if (kept !== undefined) return kept;
  const action = differences.every(({ live }) => live) ? 'reload' : 'restart';
  const files = [params.config, ...(params.sysconfig === undefined ? [] : [params.sysconfig]), ...params.files];
  const script = manager.act(service, state.stale ? ['reread', action] : [action]);
  return {
    verdict: 'change',
    summary: `${action}ed: ${differences.map(({ what }) => what).join(', ')}`,
    diff: { label: `${service} (running)`, before: formatHeld(differences), after: formatExpected(differences) },
    apply: {
      via: 'sh',
      script: applyOrPutBack({
        service,
        files,
        written: files.filter((path) => isRecorded(host, path)),
        apply: action === 'reload' ? waitForReload(service, script) : script,
        restore: manager.act(service, ['reread', action]),
      }),
    },
  };
}

/**
 * Returns why daemon.json is not put into effect: it lacks values that are ours, so it was kept; or the daemon has all
 * of ours, and the file was edited by somebody else.
 */
function keptFile(
  state: DaemonState,
  differences: readonly DaemonDifference[],
  params: z.output<typeof docker_daemon.params>,
): Plan<DaemonState> | undefined {
  const ours = Object.keys(params.merge);
  const foreign = differences.filter(({ what }) => ours.includes(what));
  if (foreign.length === 0) return undefined;
  const isKept = !hasDaemonJson(state.config, params);
  if (!isKept && (foreign.length < differences.length || keysLacking(state, params).length > 0)) return undefined;
  const names = foreign.map(({ what }) => what).join(', ');
  const why = isKept ? 'was kept' : 'was edited by somebody else';
  return {
    verdict: 'kept',
    summary: `${params.config} ${why}, so it is not put into effect (${names})`,
    hint: forceHint(params),
    ...(isKept && { origin: 'follows' as const }),
    diff: { label: `${params.service} (running)`, before: formatHeld(foreign), after: formatExpected(foreign) },
  };
}

function formatHeld(differences: readonly DaemonDifference[]): string {
  return differences.map(({ what, held }) => `${what}: ${held}\n`).join('');
}

function formatExpected(differences: readonly DaemonDifference[]): string {
  return differences.map(({ what, expected }) => `${what}: ${expected}\n`).join('');
}

/**
 * Waits until dockerd has applied a reload, which it does in its own time; only its log says that it did, or why it
 * didn't.
 */
function waitForReload(service: string, reload: Sh): Sh {
  const look = sh`docker info -f '{{json .RegistryConfig}} {{.LiveRestoreEnabled}} {{.Debug}} {{json .Labels}}' 2>/dev/null`;
  return joinSh([
    sh`(
cursor=$(journalctl -u ${service} -n 0 --show-cursor -q 2>/dev/null | sed -n 's/^-- cursor: //p')
logged() { [ -z "$cursor" ] || journalctl -u ${service} -q -o cat --after-cursor "$cursor" 2>/dev/null; }
refused() {
  logged | sed -n 's/.*level=error msg="\(.*configur.*\)"$/\1/p' | sed 's/\\"/"/g' | grep .
}
before=$(${look})`,
    reload,
    sh`turn=0
while [ "$turn" -lt 50 ]; do
  ! refused >&2 || exit 1
  case $(logged) in *'Reloaded configuration'*) exit 0 ;; esac
  [ "$(${look})" = "$before" ] || { sleep 0.2 2>/dev/null; ! refused >&2 || exit 1; exit 0; }
  turn=$((turn + 1)); sleep 0.2 2>/dev/null || sleep 1
done
echo "${service} took nothing over from its configuration" >&2
fail
)`,
  ]);
}
