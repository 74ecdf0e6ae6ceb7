import { setTimeout as sleep } from 'node:timers/promises';
import { sh } from '../../sh.js';
import type { Registry } from '../client/registry.js';
import { algorithmOf, digest as asDigest, type Digest, hexOf } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import { type Census, missingFrom, takeCensus } from './census.js';
import { ContentReader } from './content-reader.js';
import { type Doomed, neededOf, readDryRun } from './gc-dry-run.js';
import type { GcHost, GcRuntime } from './gc-runtime.js';
import { keepsChildren } from './gc-version.js';

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

/** Seconds a collection may take. */
const day = 86_400;

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
  return inWindow(host, runtime, registry, options, async () => {
    const notices = await checkReadOnly(registry, census);
    const settled = await takeCensus(registry, reader);
    refuseLoss(runtime, settled, deleteUntagged);
    progress('dry run');
    const doomed = await dryRun(host, runtime, flags, settled);
    const before = await sizeOf(host, runtime, doomed.blobs);
    options.signal?.throwIfAborted();
    progress('collecting');
    await said(host, runtime.collect(flags), 'collect garbage');
    const left = await sizeOf(host, runtime, doomed.blobs);
    return {
      census: settled,
      report: report(doomed, before && left && before.bytes - left.bytes, notices),
    };
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

async function inWindow(
  host: GcHost,
  runtime: GcRuntime,
  registry: Registry,
  { progress = () => undefined, patience = 60_000, signal }: GcOptions,
  work: () => Promise<{ readonly census: Census; readonly report: GcReport }>,
): Promise<GcReport> {
  signal?.throwIfAborted();
  let done: Awaited<ReturnType<typeof work>> | undefined;
  let failure: unknown;
  try {
    progress('making it read-only');
    await said(host, runtime.readOnly(), 'make the registry read-only');
    await answering(registry, patience);
    done = await work();
  } catch (error) {
    failure = error;
  }
  progress('putting it back');
  await putBack(host, runtime, failure);
  if (failure !== undefined) throw failure;
  await answering(registry, patience);
  if (done === undefined) throw new Error('a collection that neither ended nor failed');
  progress('looking for all that the tags lead to');
  const missing = await missingFrom(registry, done.census);
  if (missing.length > 0) {
    throw new RegistryError('corrupt', `missing after the collection: ${missing.slice(0, 20).join('; ')}`, {
      hint: 'copy these images there again; what was asked for before the collection did not name them as garbage',
    });
  }
  return done.report;
}

async function putBack(host: GcHost, runtime: GcRuntime, failure: unknown): Promise<void> {
  const script = runtime.restore();
  let why: string;
  try {
    const { status, stderr } = await host.run(script, { deadline: 300 });
    if (status === 0) return;
    why = stderr.trim();
  } catch (error) {
    why = (error as Error).message;
  }
  const before = failure instanceof Error ? `${failure.message}; and then ` : '';
  throw new RegistryError('server', `${before}the registry could not be put back from read-only: ${why}`, {
    cause: failure,
    hint: `run this on its host:\n${script}`,
  });
}

/** Whether writes are really refused. An account that may not write can't tell. */
async function checkReadOnly(registry: Registry, { repositories }: Census): Promise<string[]> {
  const repository = repositories[0]?.repository ?? 'provision';
  try {
    const begun = await registry.mount(repository, nowhere, repository);
    if (begun !== undefined && begun !== true) await registry.cancelUpload(begun);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.kind === 'read-only') return [];
    if (error.kind === 'unauthorized' || error.kind === 'denied') {
      return ['the account may not write, so that nobody can was not tried'];
    }
    throw error;
  }
  throw new RegistryError('server', `${registry.host} still takes uploads after it was made read-only`, {
    hint: 'is this the registry that runs there? several replicas on one storage must all be read-only; nothing was collected',
  });
}

const nowhere = asDigest(`sha256:${'0'.repeat(64)}`);

async function dryRun(host: GcHost, runtime: GcRuntime, flags: readonly string[], census: Census): Promise<Doomed> {
  const doomed = readDryRun(await said(host, runtime.collect(['--dry-run', ...flags]), 'try the collection'));
  if (!doomed.complete) throw new RegistryError('protocol', 'the dry run of the collection did not come to its end');
  const needed = neededOf(census, doomed);
  if (needed.length > 0) {
    throw new RegistryError(
      'unsupported',
      `nothing was collected: it would take what tags lead to: ${needed.slice(0, 5).join('; ')}${needed.length > 5 ? `; ${needed.length - 5} more` : ''}`,
    );
  }
  return doomed;
}

/** Paths of one script: an argument of a program has 128 KiB at most. */
const batch = 400;

/** Bytes that blobs take up on a file system, and how many of them there are; nothing where that can't be known. */
async function sizeOf(host: GcHost, runtime: GcRuntime, blobs: ReadonlySet<Digest>): Promise<Size | undefined> {
  const { root } = runtime;
  if (root === undefined) return undefined;
  const paths = [...blobs].map((digest) => {
    const hex = hexOf(digest);
    return `${root}/docker/registry/v2/blobs/${algorithmOf(digest)}/${hex.slice(0, 2)}/${hex}/data`;
  });
  const sizes: number[] = [];
  for (let at = 0; at < paths.length; at += batch) {
    const script = sh`stat -c %s ${paths.slice(at, at + batch)} 2> /dev/null || :`; // Those that are gone are left out.
    const printed = await said(host, runtime.inside(script), 'measure what goes');
    sizes.push(...printed.split('\n').flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : [])));
  }
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

interface Size {
  readonly files: number;
  readonly bytes: number;
}

async function said(host: GcHost, script: Parameters<GcHost['run']>[0], attempt: string): Promise<string> {
  const { status, stdout, stderr } = await host.run(script, { deadline: day });
  if (status === 0) return stdout;
  const why = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n');
  throw new RegistryError('server', `could not ${attempt}: ${why} (exit status ${status})`);
}

async function answering(registry: Registry, patience: number): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    try {
      return await registry.ping();
    } catch (error) {
      const waits = error instanceof RegistryError && ['unreachable', 'server', 'stalled'].includes(error.kind);
      if (!waits || Date.now() > until) throw error;
      await sleep(250);
    }
  }
}
