import { Diagnostics, InputError } from '../../../diagnostics/diagnostic.js';
import { findBecomePassword } from '../../../library/session/become-password.js';
import type { ConnectionSettings } from '../../../model/play.js';
import { collectGarbage, type GcReport } from '../../../registry/admin/gc/collect-garbage.js';
import { findRuntime } from '../../../registry/admin/gc/detect.js';
import type { GcHost } from '../../../registry/admin/gc/runtime.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { count } from '../../../text/count.js';
import { formatBytes } from '../../../text/format-bytes.js';
import { terminalInput } from '../../terminal/ask-secret.js';
import { printMessage } from '../../terminal/output.js';
import { type GcConnecting, gcSettings } from '../gc-connection.js';
import { openTarget, type RegistryRequest } from '../registry-options.js';
import { explicitFor, print, withEnding } from '../run-action.js';
import { parseTarget, type Target } from '../target.js';

export interface GcRequest extends RegistryRequest, GcConnecting {
  /** `[user@]host[:port]`, or `local`. */
  readonly on: string;
  readonly unit: string | undefined;
  readonly container: string | undefined;
  readonly deleteUntagged: boolean;
  readonly yes: boolean;
}

/** `provision registry gc`: frees the space of what nothing names, on the registry's own host. */
export function gcAction(argument: string, request: GcRequest): Promise<number> {
  return withEnding(request, async (signal) => {
    const target = parseTarget(argument, 'registry');
    if (target.repository !== undefined) {
      throw new RegistryError('input', 'garbage is collected of a whole registry, not of a repository');
    }
    const explicit = await explicitFor(target, request);
    const settings = await settingsOf(request);
    const { openConnection } = await import('../../../connection/open.js');
    const { ConnectionError } = await import('../../../connection/connection.js');
    // Not ended by the signal: the registry must be put back over it.
    const connection = await openConnection(request.on, settings).catch((error: unknown) => {
      if (!(error instanceof ConnectionError)) throw error;
      throw new RegistryError('unreachable', `${request.on}: ${error.message}`, { hint: error.hint, cause: error });
    });
    const dial = dialsOver(target, settings) ? connection.dial.bind(connection) : undefined;
    const registry = await openTarget(target, request, { explicit, dial });
    try {
      const as = settings.become ? { user: settings.becomeUser } : false;
      const host: GcHost = {
        run: async (script, { deadline = 60 } = {}) => (await connection.apply({ script, deadline }, [], as))[0],
      };
      const runtime = await findRuntime(host, request);
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

async function settingsOf(request: GcRequest): Promise<ConnectionSettings> {
  const diagnostics = new Diagnostics();
  const password = await findBecomePassword({ ask: request.askBecomePass, askSecret: terminalInput() }, diagnostics);
  if (diagnostics.all.length > 0) throw new InputError(diagnostics.all);
  return gcSettings(request.on, request, password);
}

/** A registry on loopback is the host's own, unless the host is this machine. */
function dialsOver({ host }: Target, { connection }: ConnectionSettings): boolean {
  return connection === 'ssh' && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host);
}

function reportLines({ applied, blobs, manifests, bytes, tags, notices }: GcReport): string[] {
  const what = [count(blobs, 'blob'), ...(manifests === 0 ? [] : [count(manifests, 'manifest')])].join(' and ');
  const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
  return [
    ...notices.map((notice) => `note: ${notice}`),
    ...(applied
      ? [`collected ${what}${size}; ${count(tags, 'tag')} and all they lead to are there`]
      : [`${what}${size} would go; nothing was collected: --yes does it, in a read-only time of some seconds`]),
  ];
}
