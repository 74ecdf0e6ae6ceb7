import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { absolutePath, needs } from '../../path/path-params.js';
import { pathNeeds } from '../../path/refs.js';
import { pickServiceManager } from '../../services/pick-service-manager.js';
import { type DaemonDifference, daemonDifferences } from './docker-daemon-differences.js';
import { type DaemonState, parseDaemon, probeDaemon } from './docker-daemon-state.js';

const params = z.strictObject({
  service: z.string().default('docker').describe('Service of the daemon'),
  config: absolutePath.default('/etc/docker/daemon.json').describe("The daemon's configuration file"),
  keys: z.array(z.string()).default([]).describe('Keys of that file that the running daemon must have in effect'),
  sysconfig: absolutePath.optional().describe('File of options that the service reads'),
  flags: z
    .array(z.string())
    .default([])
    .describe('Options of that file, without dashes, that the daemon must have been started with'),
  environment: z
    .array(z.string())
    .default([])
    .describe("Variables of the service's unit that the daemon must have been started with"),
  needs,
});

/**
 * Running dockerd with the configuration in its files: reloaded where that is enough, restarted where it isn't. Other
 * tasks write the files, so a file that was kept is not overwritten here.
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
  const differences = daemonDifferences(state, params);
  if (typeof differences === 'string') return { verdict: 'refused', message: differences };
  if (differences.length === 0) return { verdict: 'ok', details: [`docker ${state.info.ServerVersion ?? ''}`.trim()] };
  const action = differences.every(({ live }) => live) ? 'reload' : 'restart';
  const script = manager.act(service, state.stale ? ['reread', action] : [action]);
  return {
    verdict: 'change',
    summary: `${action}ed: ${differences.map(({ what }) => what).join(', ')}`,
    diff: { label: `${service} (running)`, before: formatHeld(differences), after: formatExpected(differences) },
    apply: { via: 'sh', script: action === 'reload' ? waitForReload(service, script) : script },
  };
}

function formatHeld(differences: readonly DaemonDifference[]): string {
  return differences.map(({ what, held }) => `${what}: ${held}\n`).join('');
}

function formatExpected(differences: readonly DaemonDifference[]): string {
  return differences.map(({ what, expected }) => `${what}: ${expected}\n`).join('');
}

/** Waits until dockerd has applied a reload: it does so in its own time, and only its log says why it didn't. */
function waitForReload(service: string, reload: Sh): Sh {
  const look = sh`docker info -f '{{json .RegistryConfig}} {{.LiveRestoreEnabled}} {{.Debug}} {{json .Labels}}' 2>/dev/null`;
  return joinSh([
    sh`(
before=$(${look})`,
    reload,
    sh`turn=0
while [ "$turn" -lt 50 ]; do
  [ "$(${look})" = "$before" ] || { sleep 0.2 2>/dev/null; exit 0; }
  turn=$((turn + 1)); sleep 0.2 2>/dev/null || sleep 1
done
echo "${service} took nothing over from its configuration" >&2
fail
)`,
  ]);
}
