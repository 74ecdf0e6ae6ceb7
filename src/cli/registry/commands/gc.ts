import type { Command } from 'commander';
import type { Connection } from '../../../connection/connection.js';
import { Diagnostics, InputError } from '../../../diagnostics/diagnostic.js';
import { findBecomePassword } from '../../../library/session/become-password.js';
import type { ConnectionSettings } from '../../../model/play.js';
import type { GcReport } from '../../../registry/admin/gc/collect-garbage.js';
import type { GcHost } from '../../../registry/admin/gc/runtime.js';
import { parseTarget, type Target } from '../../../registry/auth/target.js';
import type { OpenedRegistry } from '../../../registry/client/open.js';
import { isLoopbackHost } from '../../../registry/client/tokens/trust.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { count } from '../../../text/count.js';
import { formatBytes } from '../../../text/format-bytes.js';
import { terminalInput } from '../../terminal/ask-secret.js';
import { duration } from '../../terminal/option-values.js';
import { printMessage } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import { type GcConnectionOptions, gcSettings } from '../gc-connection.js';
import { collectEmbedded, collectFolderOf, collectFolderOn } from '../gc-embedded.js';
import { openTarget, type RegistryRequest } from '../registry-options.js';
import { explicitAccounts, print } from '../run-action.js';

interface GcRequest extends RegistryRequest, GcConnectionOptions {
  /** `[user@]host[:port]`, or `local`. */
  readonly on: string | undefined;
  readonly dir: string | undefined;
  /** Seconds. */
  readonly grace: number | undefined;
  readonly unit: string | undefined;
  readonly container: string | undefined;
  readonly deleteUntagged: boolean;
  readonly yes: boolean;
}

/** Makes `provision registry gc`. */
export function gcCommand(done: Done): Command {
  const description = 'Measures the space of content that nothing names; with --yes, frees it.';
  return registrySubcommand('gc', description)
    .argument('[registry]', addressHelp)
    .option(
      '--on <host>',
      'host that the registry runs on: [user@]host[:port] by SSH, or local (not needed for the embedded one)',
    )
    .option(
      '--dir <folder>',
      'folder of an embedded registry on this machine, or on that of --on, whether it runs or not, in place of its address',
    )
    .option(
      '--grace <time>',
      'embedded registry: keep what was used in this time: 12h (default: 1d, or its own)',
      duration,
    )
    .option('--unit <name>', 'its unit of systemd (default: found)')
    .option('--container <name>', 'its container (default: found)')
    .option('-m, --delete-untagged', 'delete manifests without a tag too (refused where images would be lost)', false)
    .option('--private-key <file>', 'log in with this key')
    .option('-b, --become', 'run as root there, by sudo', false)
    .option('-K, --ask-become-pass', 'ask for the sudo password (or set PROVISION_BECOME_PASSWORD)', false)
    .option('--accept-new', 'trust and remember the key of a host that is not in known_hosts', false)
    .option('--yes', 'collect the garbage', false)
    .action(async (registry: string | undefined, request: GcRequest) => done(await collect(registry, request)));
}

function collect(argument: string | undefined, request: GcRequest): Promise<number> {
  return runUntilStopped(request, async (signal) => {
    if ((argument === undefined) === (request.dir === undefined)) {
      throw new RegistryError('input', 'give the address of a registry, or --dir with the folder of an embedded one');
    }
    const { on, dir } = request;
    if (dir !== undefined && (on === undefined || (on === 'local' && !request.become))) {
      return await collectFolderOf(dir, request, signal);
    }
    if (dir !== undefined && on !== undefined) {
      const { connection, host } = await openHost(on, request);
      try {
        return await collectFolderOn(host, dir, request);
      } finally {
        await connection.close();
      }
    }
    if (argument === undefined) return 1;
    const target = parseTarget(argument, 'registry');
    if (target.repository !== undefined) {
      throw new RegistryError('input', 'garbage is collected in a whole registry, not in a repository');
    }
    const explicit = await explicitAccounts(target, request);
    if (on === undefined) return await collectHere(target, request, explicit, signal);
    const { connection, settings, host } = await openHost(on, request);
    const dial = isBehindHost(target, settings) ? connection.dial.bind(connection) : undefined;
    const registry = await openTarget(target, request, { explicit, dial });
    try {
      const itself = await collectsItself(registry);
      if (itself === true) return await collectEmbedded(registry, request);
      refuseGrace(request);
      const { findRuntime } = await import('../../../registry/admin/gc/detect.js');
      const { collectGarbage } = await import('../../../registry/admin/gc/collect-garbage.js');
      const runtime = await findRuntime(host, request).catch((error: unknown) => {
        throw itself === false ? error : itself;
      });
      const report = await collectGarbage(host, runtime, registry, {
        deleteUntagged: request.deleteUntagged,
        apply: request.yes,
        signal,
        progress: printMessage,
      });
      print(request, { registry: registry.host, ...report }, reportLines(report));
      return 0;
    } finally {
      await registry.close();
      await connection.close();
    }
  });
}

/** Collects the garbage of a registry that does so when it is asked to. */
async function collectHere(
  target: Target,
  request: GcRequest,
  explicit: Awaited<ReturnType<typeof explicitAccounts>>,
  signal: AbortSignal,
): Promise<number> {
  const registry = await openTarget(target, request, { explicit, signal });
  try {
    if (await registry.collectsItself()) return await collectEmbedded(registry, request);
  } finally {
    await registry.close();
  }
  throw new RegistryError(
    'input',
    `${target.host} is not the embedded registry: its garbage is collected on its host`,
    {
      hint: 'name the host that it runs on with --on HOST, or --on local',
    },
  );
}

/** Tells if a registry collects by itself; a refusal may come from a proxy that knows no such path. */
async function collectsItself(registry: OpenedRegistry): Promise<boolean | RegistryError> {
  try {
    return await registry.collectsItself();
  } catch (error) {
    if (error instanceof RegistryError && ['unauthorized', 'denied'].includes(error.kind)) return error;
    throw error;
  }
}

function refuseGrace({ grace }: GcRequest): void {
  if (grace === undefined) return;
  throw new RegistryError(
    'input',
    '--grace is for the embedded registry: others refuse writes meanwhile. Leave it out',
  );
}

interface OpenedHost {
  readonly connection: Connection;
  readonly settings: ConnectionSettings;
  readonly host: GcHost;
}

/** Connects to the host. It is not ended by a signal: a registry must be made writable again over it. */
async function openHost(on: string, request: GcRequest): Promise<OpenedHost> {
  const settings = await settingsOf(on, request);
  const { openConnection } = await import('../../../connection/open.js');
  const { ConnectionError } = await import('../../../connection/connection.js');
  const connection = await openConnection(on, settings).catch((error: unknown) => {
    if (!(error instanceof ConnectionError)) throw error;
    throw new RegistryError('unreachable', `${on}: ${error.message}`, { hint: error.hint, cause: error });
  });
  const as = settings.become ? { user: settings.becomeUser } : false;
  const run: GcHost['run'] = async (script, { deadline = 60 } = {}) =>
    (await connection.apply({ script, deadline }, [], as))[0];
  return { connection, settings, host: { run } };
}

async function settingsOf(on: string, request: GcRequest): Promise<ConnectionSettings> {
  const diagnostics = new Diagnostics();
  const password = await findBecomePassword({ ask: request.askBecomePass, askSecret: terminalInput() }, diagnostics);
  if (diagnostics.all.length > 0) throw new InputError(diagnostics.all);
  return gcSettings(on, request, password);
}

/** Returns true for a registry on the loopback of another host: it is reached through the connection to that host. */
function isBehindHost({ host }: Target, { connection }: ConnectionSettings): boolean {
  return connection === 'ssh' && isLoopbackHost(host);
}

function reportLines({ applied, blobs, manifests, bytes, tags, notices }: GcReport): string[] {
  const garbage = [count(blobs, 'blob'), ...(manifests === 0 ? [] : [count(manifests, 'manifest')])].join(' and ');
  const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
  return [
    ...notices.map((notice) => `note: ${notice}`),
    ...(applied
      ? [`collected ${garbage}${size}; ${count(tags, 'tag')} and all they lead to are still there`]
      : [
          `${garbage}${size} would be deleted; nothing was collected: give --yes to do it (the registry is read-only for some seconds)`,
        ]),
  ];
}
