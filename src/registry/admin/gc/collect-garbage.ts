import type { Registry } from '../../client/registry.js';
import { RegistryError } from '../../registry-error.js';
import { type Census, findMissing, takeCensus } from '../census.js';
import { ContentReader } from '../content-reader.js';
import { findGarbage, type Garbage, measureBlobs, readDryRun } from './dry-run.js';
import { type GcHost, type GcRuntime, keepsChildren, runStep } from './runtime.js';
import { checkReadOnly, whileReadOnly } from './window.js';

/** Options of a collection. */
export interface GcOptions {
  /** Deletes manifests without a tag too. Refused where that would delete children of indexes. */
  readonly deleteUntagged: boolean;
  /** False: only report what would be deleted. */
  readonly apply: boolean;
  readonly progress?: ((line: string) => void) | undefined;
  /** Checked between the steps: the current step is finished, and the registry made writable again. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the registry to answer after a restart; default 60 000. */
  readonly patience?: number;
}

/** Result of a collection, or of one that was only tried. */
export interface GcReport {
  readonly runtime: string;
  readonly version: string;
  readonly applied: boolean;
  /** Blobs that are, or would be, deleted. */
  readonly blobs: number;
  readonly manifests: number;
  /** Bytes of the blobs; undefined where the storage isn't a file system. After a collection, the bytes really freed. */
  readonly bytes: number | undefined;
  /** Tags, whose whole content was found afterwards. */
  readonly tags: number;
  readonly notices: readonly string[];
}

/**
 * Deletes content that no manifest names. The registry is read-only meanwhile, and writable again whatever happens. A dry
 * run comes first: if it would delete anything that a tag leads to, nothing is done. Afterwards, all that tags lead to is
 * looked for again.
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
  progress(`${runtime.name}, version ${runtime.version}: listing what the tags lead to`);
  const census = await takeCensus(registry, reader);
  refuseLoss(runtime, census, deleteUntagged);
  const flags = deleteUntagged ? ['--delete-untagged'] : [];
  const report = (garbage: Garbage, bytes: number | undefined, notices: readonly string[]): GcReport => ({
    runtime: runtime.name,
    version: runtime.version,
    applied: apply,
    blobs: garbage.blobs.size,
    manifests: [...garbage.manifests.values()].reduce((sum, digests) => sum + digests.size, 0),
    bytes,
    tags: census.repositories.reduce((sum, { tags }) => sum + tags.size, 0),
    notices,
  });
  if (census.repositories.length === 0) return report(readDryRun(''), 0, ['the registry is empty']);
  if (!apply) {
    const garbage = await findGarbage(host, runtime, flags, census);
    const size = await measureBlobs(host, runtime, garbage.blobs);
    return report(garbage, size?.files === garbage.blobs.size ? size.bytes : undefined, []);
  }
  let begun: Census | undefined;
  const work = async () => {
    const notices = await checkReadOnly(registry, census.repositories[0]?.repository ?? '');
    const settled = await takeCensus(registry, reader);
    refuseLoss(runtime, settled, deleteUntagged);
    progress('dry run');
    const garbage = await findGarbage(host, runtime, flags, settled);
    const before = await measureBlobs(host, runtime, garbage.blobs);
    options.signal?.throwIfAborted();
    progress('collecting garbage');
    begun = settled;
    await runStep(host, runtime.collect(flags), 'collect garbage');
    const left = await measureBlobs(host, runtime, garbage.blobs);
    return report(garbage, before && left && before.bytes - left.bytes, notices);
  };
  options.signal?.throwIfAborted();
  let done: GcReport;
  try {
    done = await whileReadOnly(host, runtime, registry, { progress, patience: options.patience ?? 60_000 }, work);
  } catch (failure) {
    // After a failure half-way the content is checked too; the failure is thrown, unless content is lost.
    const missing = begun === undefined ? [] : await findMissing(registry, begun).catch(() => []);
    throw missing.length === 0 ? failure : missingError(missing, failure);
  }
  progress('checking that all that tags lead to is still there');
  const missing = begun === undefined ? [] : await findMissing(registry, begun);
  if (missing.length > 0) throw missingError(missing, undefined);
  return done;
}

function missingError(missing: readonly string[], failure: unknown): RegistryError {
  const before = failure instanceof Error ? `${failure.message}; and ` : '';
  const hint = failure instanceof RegistryError ? failure.hint : undefined;
  return new RegistryError('corrupt', `${before}missing after the collection: ${missing.slice(0, 20).join('; ')}`, {
    cause: failure,
    hint: hint ?? 'copy these images there again; the dry run did not list them as garbage',
  });
}

/** Refuses `--delete-untagged` before 3.0.0, which takes the untagged images of an index for garbage (distribution#3178). */
function refuseLoss({ version, name }: GcRuntime, { repositories }: Census, deleteUntagged: boolean): void {
  if (!deleteUntagged || keepsChildren(version)) return;
  const indexes = repositories.flatMap((each) => each.indexes);
  if (indexes.length === 0) return;
  const some = `${indexes.slice(0, 3).join(', ')}${indexes.length > 3 ? ` and ${indexes.length - 3} more` : ''}`;
  throw new RegistryError(
    'unsupported',
    `--delete-untagged with ${name} (${version}) would destroy images for several platforms: ${some}`,
    {
      hint: 'distribution before 3.0.0 deletes the children of an index; collect without --delete-untagged, after deleting unwanted tags with `provision registry retain`',
    },
  );
}
