import { isAbsolute } from 'node:path';
import { reasonOf } from '../../diagnostics/reason.js';
import type { GcHost } from '../../registry/admin/gc/runtime.js';
import type { OpenedRegistry } from '../../registry/client/open.js';
import type { UpkeepReport } from '../../registry/client/registry.js';
import { RegistryError } from '../../registry/registry-error.js';
import { count } from '../../text/count.js';
import { formatBytes } from '../../text/format-bytes.js';
import { printMessage } from '../terminal/output.js';
import { print } from './run-action.js';

/** Options of a collection in the embedded registry. */
export interface EmbeddedGcRequest {
  readonly deleteUntagged: boolean;
  /** Seconds; default: the registry's own. */
  readonly grace: number | undefined;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Has the embedded registry collect its garbage, and prints its report. @returns the exit status */
export async function collectEmbedded(registry: OpenedRegistry, request: EmbeddedGcRequest): Promise<number> {
  const { deleteUntagged, grace, yes } = request;
  const report = await registry.collectItself({ dryRun: !yes, deleteUntagged, grace });
  return printReport(request, { registry: registry.host, runtime: 'embedded' }, report);
}

/**
 * Collects the garbage of a folder of the embedded registry: by the server that serves it, else in this process.
 * @returns the exit status
 */
export async function collectFolderOf(dir: string, request: EmbeddedGcRequest, signal: AbortSignal): Promise<number> {
  const { collectFolder } = await import('../../registry/server/gc/collect-folder.js');
  const { deleteUntagged, grace, yes } = request;
  const wishes = { apply: yes, deleteUntagged, grace };
  const { server, report } = await collectFolder(dir, wishes, signal, printMessage).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof Error) || error instanceof TypeError) throw error;
    throw new RegistryError('input', 'code' in error ? `${dir}: ${reasonOf(error)}` : error.message, { cause: error });
  });
  return printReport(request, { dir, ...(server === undefined ? {} : { server }), runtime: 'embedded' }, report);
}

/** Collects the garbage of a folder on a host, by the registry's program there. @returns the exit status */
export async function collectFolderOn(host: GcHost, dir: string, request: EmbeddedGcRequest): Promise<number> {
  if (!isAbsolute(dir)) throw new RegistryError('input', `--dir ${dir}: must begin with / where --on is given`);
  const { collectEmbeddedFolder } = await import('../../registry/admin/gc/collect-embedded-folder.js');
  const { deleteUntagged, grace, yes } = request;
  const { server, report } = await collectEmbeddedFolder(host, dir, { apply: yes, deleteUntagged, grace });
  return printReport(request, { dir, ...(server === undefined ? {} : { server }), runtime: 'embedded' }, report);
}

function printReport(
  request: EmbeddedGcRequest,
  place: Readonly<Record<string, string>>,
  report: Omit<UpkeepReport, 'repositories'> & {
    readonly repositories: readonly { readonly name: string; readonly skipped?: string | undefined }[];
  },
): number {
  const { applied, blobs, bytes, manifests, links, uploads, kept, repositories } = report;
  const parts = [
    `${count(blobs, 'blob')} (${formatBytes(bytes)})`,
    ...(manifests === 0 ? [] : [count(manifests, 'manifest')]),
    ...(links === 0 ? [] : [`${count(links, 'link')} of blobs`]),
    ...(uploads === 0 ? [] : [count(uploads, 'old upload')]),
  ];
  const garbage = parts.join(', ');
  const stays = `${count(kept.blobs, 'blob')} and ${count(kept.manifests, 'manifest')} stay`;
  const alone = repositories.filter(({ skipped }) => skipped !== undefined);
  print(request, { ...place, ...report }, [
    ...alone.map(({ name, skipped }) => `skipped  ${name}: ${skipped}`),
    applied
      ? `collected ${garbage}; ${stays}`
      : `${garbage} would be deleted; ${stays}. Nothing was collected: give --yes to do it`,
  ]);
  return alone.length === 0 ? 0 : 2;
}
