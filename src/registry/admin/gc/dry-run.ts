import { sh } from '../../../sh.js';
import { algorithmOf, type Digest, hexOf, isDigest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import type { Census } from '../census.js';
import { type GcHost, type GcRuntime, readOutput } from './runtime.js';

/** Content that a collection would delete. */
export interface Garbage {
  readonly blobs: ReadonlySet<Digest>;
  /** Manifests, by repository (`--delete-untagged`). */
  readonly manifests: ReadonlyMap<string, ReadonlySet<Digest>>;
  /** False: the output was cut, and there may be more. */
  readonly complete: boolean;
}

/**
 * Runs a collection that deletes nothing, and returns what it would delete.
 * @throws RegistryError `unsupported` when that includes content that tags lead to: then it must not run
 */
export async function findGarbage(
  host: GcHost,
  runtime: GcRuntime,
  flags: readonly string[],
  census: Census,
): Promise<Garbage> {
  const garbage = readDryRun(await readOutput(host, runtime.collect(['--dry-run', ...flags]), 'try the collection'));
  if (!garbage.complete) throw new RegistryError('protocol', 'the dry run of the collection did not come to its end');
  const needed = describeNeeded(census, garbage);
  if (needed.length > 0) {
    throw new RegistryError(
      'unsupported',
      `nothing was collected: it would delete what tags lead to: ${needed.slice(0, 5).join('; ')}${needed.length > 5 ? `; ${needed.length - 5} more` : ''}`,
    );
  }
  return garbage;
}

/** Reads the output of `garbage-collect --dry-run`; 2.x and 3.x print the same. */
export function readDryRun(output: string): Garbage {
  const blobs = new Set<Digest>();
  const manifests = new Map<string, Set<Digest>>();
  let repository = '';
  let complete = false;
  for (const line of output.split('\n')) {
    const [, kind, digest = ''] = /^(blob|manifest) eligible for deletion: (\S+)/.exec(line) ?? [];
    if (kind === 'blob' && isDigest(digest)) blobs.add(digest);
    if (kind === 'manifest' && isDigest(digest)) {
      manifests.set(repository, (manifests.get(repository) ?? new Set<Digest>()).add(digest));
    }
    if (/^[a-z0-9][a-z0-9._/-]*$/.test(line)) repository = line;
    if (/^\d+ blobs marked, \d+ blobs and \d+ manifests eligible/.test(line)) complete = true;
  }
  return { blobs, manifests, complete };
}

/** Describes garbage that tags lead to, a line each. */
function describeNeeded({ repositories }: Census, { blobs, manifests }: Garbage): string[] {
  return repositories.flatMap((census) => {
    const garbage = manifests.get(census.repository);
    return [
      ...[...census.manifests]
        .filter((digest) => garbage?.has(digest))
        .map((digest) => `${census.repository}: the manifest ${digest}`),
      ...[...census.blobs, ...census.manifests]
        .filter((digest) => blobs.has(digest))
        .map((digest) => `${census.repository}: the blob ${digest}`),
    ];
  });
}

/** Blobs of a set that have a file, and their size. */
export interface BlobFiles {
  readonly files: number;
  readonly bytes: number;
}

/** Paths of one script: an argument of a program has 128 KiB at most. */
const batch = 400;

/** Measures the files of blobs; returns undefined where the storage isn't a file system. */
export async function measureBlobs(
  host: GcHost,
  runtime: GcRuntime,
  blobs: ReadonlySet<Digest>,
): Promise<BlobFiles | undefined> {
  const { root } = runtime;
  if (root === undefined) return undefined;
  const paths = [...blobs].map((digest) => {
    const hex = hexOf(digest);
    return `${root}/docker/registry/v2/blobs/${algorithmOf(digest)}/${hex.slice(0, 2)}/${hex}/data`;
  });
  const sizes: number[] = [];
  for (let at = 0; at < paths.length; at += batch) {
    const script = sh`stat -c %s ${paths.slice(at, at + batch)} 2> /dev/null || :`; // Files that are gone are left out.
    const output = await readOutput(host, runtime.inside(script), 'measure the garbage');
    sizes.push(...output.split('\n').flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : [])));
  }
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
