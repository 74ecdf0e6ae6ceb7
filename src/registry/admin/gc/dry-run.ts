import { type Digest, isDigest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import type { Census } from '../census.js';
import { type GcHost, type GcRuntime, printedBy } from './runtime.js';

/** What a collection would take away. */
export interface Doomed {
  readonly blobs: ReadonlySet<Digest>;
  /** Manifests, by repository (`--delete-untagged`). */
  readonly manifests: ReadonlyMap<string, ReadonlySet<Digest>>;
  /** Whether the output came to its end: what it says is all. */
  readonly complete: boolean;
}

/**
 * Tries a collection, which takes nothing.
 * @throws RegistryError `unsupported` when it would take what tags lead to: then it must not run
 */
export async function dryRun(
  host: GcHost,
  runtime: GcRuntime,
  flags: readonly string[],
  census: Census,
): Promise<Doomed> {
  const doomed = readDryRun(await printedBy(host, runtime.collect(['--dry-run', ...flags]), 'try the collection'));
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

/** Reads what `garbage-collect --dry-run` prints; 2.x and 3.x print the same. */
export function readDryRun(output: string): Doomed {
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

/** What a collection would take that tags lead to, a line each. */
function neededOf({ repositories }: Census, { blobs, manifests }: Doomed): string[] {
  return repositories.flatMap((census) => {
    const doomed = manifests.get(census.repository);
    return [
      ...[...census.manifests]
        .filter((digest) => doomed?.has(digest))
        .map((digest) => `${census.repository}: the manifest ${digest}`),
      ...[...census.blobs, ...census.manifests]
        .filter((digest) => blobs.has(digest))
        .map((digest) => `${census.repository}: the blob ${digest}`),
    ];
  });
}
