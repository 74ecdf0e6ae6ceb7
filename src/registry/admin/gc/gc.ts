import type { Registry } from '../../client/registry.js';
import { RegistryError } from '../../registry-error.js';
import { type Census, missingFrom, takeCensus } from '../census.js';
import { ContentReader } from '../content-reader.js';
import { type Doomed, dryRun, readDryRun } from './dry-run.js';
import { carryOut, type GcHost, type GcRuntime } from './runtime.js';
import { sizeOf } from './size.js';
import { keepsChildren } from './version.js';
import { checkReadOnly, whileReadOnly } from './window.js';

export interface GcOptions {
  /** Manifests that no tag names go too. Refused where that loses children of indexes. */
  readonly deleteUntagged: boolean;
  /** false: say what would go. */
  readonly apply: boolean;
  readonly progress?: ((line: string) => void) | undefined;
  /** Heeded between the steps: what is under way is ended, and the registry put back. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the registry to answer after a restart; default 60 000. */
  readonly patience?: number;
}

export interface GcReport {
  readonly runtime: string;
  readonly version: string;
  readonly applied: boolean;
  /** What goes, or went. */
  readonly blobs: number;
  readonly manifests: number;
  /** Bytes of the blobs; nothing where the storage isn't a file system. After a collection, what is really free. */
  readonly bytes: number | undefined;
  /** What the tags lead to, all of which was found there afterwards. */
  readonly tags: number;
  readonly notices: readonly string[];
}

/**
 * Frees the space of what no manifest names. The registry is made read-only for the time of it, and put back whatever
 * happens; a dry run comes first, and if it would take anything that a tag leads to, nothing is done. Afterwards all that
 * tags lead to is looked for again.
 * @throws RegistryError `unsupported` for the combination that is known to lose data, `corrupt` when something is missing
 */
export async function collectGarbage(
  host: GcHost,
  runtime: GcRuntime,
  registry: Registry,
  options: GcOptions,
): Promise<GcReport> {
  const { deleteUntagged, apply, progress = () => undefined } = options;
  const reader = new ContentReader(registry);
  progress(`${runtime.name}, version ${runtime.version}: taking down what the tags lead to`);
  const census = await takeCensus(registry, reader);
  refuseLoss(runtime, census, deleteUntagged);
  const flags = deleteUntagged ? ['--delete-untagged'] : [];
  const report = (doomed: Doomed, bytes: number | undefined, notices: readonly string[]): GcReport => ({
    runtime: runtime.name,
    version: runtime.version,
    applied: apply,
    blobs: doomed.blobs.size,
    manifests: [...doomed.manifests.values()].reduce((sum, digests) => sum + digests.size, 0),
    bytes,
    tags: census.repositories.reduce((sum, { tags }) => sum + tags.size, 0),
    notices,
  });
  if (census.repositories.length === 0) return report(readDryRun(''), 0, ['the registry is empty']);
  if (!apply) {
    const doomed = await dryRun(host, runtime, flags, census);
    const size = await sizeOf(host, runtime, doomed.blobs);
    return report(doomed, size?.files === doomed.blobs.size ? size.bytes : undefined, []);
  }
  let begun: Census | undefined;
  const work = async () => {
    const notices = await checkReadOnly(registry, census.repositories[0]?.repository ?? '');
    const settled = await takeCensus(registry, reader);
    refuseLoss(runtime, settled, deleteUntagged);
    progress('dry run');
    const doomed = await dryRun(host, runtime, flags, settled);
    const before = await sizeOf(host, runtime, doomed.blobs);
    options.signal?.throwIfAborted();
    progress('collecting');
    begun = settled;
    await carryOut(host, runtime.collect(flags), 'collect garbage');
    const left = await sizeOf(host, runtime, doomed.blobs);
    return report(doomed, before && left && before.bytes - left.bytes, notices);
  };
  options.signal?.throwIfAborted();
  let done: GcReport;
  try {
    done = await whileReadOnly(host, runtime, registry, { progress, patience: options.patience ?? 60_000 }, work);
  } catch (failure) {
    // One that failed half-way is looked after, too; what it failed with is what counts, unless something is lost.
    const missing = begun === undefined ? [] : await missingFrom(registry, begun).catch(() => []);
    throw missing.length === 0 ? failure : lost(missing, failure);
  }
  progress('looking for all that the tags lead to');
  const missing = begun === undefined ? [] : await missingFrom(registry, begun);
  if (missing.length > 0) throw lost(missing, undefined);
  return done;
}

function lost(missing: readonly string[], failure: unknown): RegistryError {
  const before = failure instanceof Error ? `${failure.message}; and ` : '';
  const hint = failure instanceof RegistryError ? failure.hint : undefined;
  return new RegistryError('corrupt', `${before}missing after the collection: ${missing.slice(0, 20).join('; ')}`, {
    cause: failure,
    hint: hint ?? 'copy these images there again; the dry run did not name them as garbage',
  });
}

/** distribution#3178: before 3.0.0, `--delete-untagged` takes the images of an index, which no tag names, for garbage. */
function refuseLoss({ version, name }: GcRuntime, { repositories }: Census, deleteUntagged: boolean): void {
  if (!deleteUntagged || keepsChildren(version)) return;
  const indexes = repositories.flatMap((each) => each.indexes);
  if (indexes.length === 0) return;
  const some = `${indexes.slice(0, 3).join(', ')}${indexes.length > 3 ? ` and ${indexes.length - 3} more` : ''}`;
  throw new RegistryError(
    'unsupported',
    `--delete-untagged with ${name} (${version}) would destroy images for several platforms: ${some}`,
    {
      hint: 'distribution before 3.0.0 deletes the children of an index; collect without it, and remove what is not wanted with `provision registry retain` first',
    },
  );
}
