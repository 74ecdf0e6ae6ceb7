import type { Digest } from '../../../src/registry/digest.js';
import { digestOf } from '../../../src/registry/digest.js';
import { acceptManifests } from '../../../src/registry/media-types.js';
import type { ImageSet } from './image-set.js';

/**
 * What a registry lacks of a set, or has otherwise, a line each: every tag, every manifest it leads to and every blob
 * of them is read, byte for byte, by requests of its own (nothing of the client under test). What was there `before` is
 * told from what should never have been.
 */
export async function differences(url: string, set: ImageSet, before?: ImageSet): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const [repository, { tags }] of set.repositories) {
    for (const [tag, digest] of tags) {
      const what = await difference(url, set, repository, tag, digest);
      if (what === undefined) continue;
      const had = what.kind === 'wrong' ? before?.repositories.get(repository)?.tags.get(tag) : undefined;
      const isOlder =
        had !== undefined && before !== undefined && !(await difference(url, before, repository, tag, had));
      found.push({ image: `${repository}:${tag}`, ...what, kind: isOlder ? 'older' : what.kind });
    }
  }
  return found;
}

export interface Difference {
  readonly image: string;
  /** `missing`: the tag isn't there. `older`: it is as it was before. `incomplete`: what it leads to isn't there. `wrong`: there are other bytes. */
  readonly kind: 'missing' | 'older' | 'incomplete' | 'wrong';
  readonly what: string;
}

async function difference(
  url: string,
  set: ImageSet,
  repository: string,
  reference: string,
  digest: Digest,
): Promise<Pick<Difference, 'kind' | 'what'> | undefined> {
  const wanted = set.repositories.get(repository)?.manifests.get(digest);
  if (wanted === undefined) throw new Error(`the set has no ${repository}@${digest}`);
  const answer = await fetch(`${url}/v2/${repository}/manifests/${reference}`, {
    headers: { accept: acceptManifests },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status === 404) {
    return { kind: reference === digest ? 'incomplete' : 'missing', what: `no manifest ${reference}` };
  }
  if (answer.status !== 200)
    throw new Error(`${url}: ${repository} ${reference}: ${answer.status} ${bytes.toString()}`);
  if (!bytes.equals(wanted.bytes)) return { kind: 'wrong', what: `manifest ${reference} has ${digestOf(bytes)}` };
  if (answer.headers.get('content-type') !== wanted.mediaType) {
    return { kind: 'wrong', what: `manifest ${reference} is of type ${answer.headers.get('content-type')}` };
  }
  const { manifests = [], config, layers = [] } = JSON.parse(bytes.toString()) as Body;
  for (const child of manifests) {
    const what = await difference(url, set, repository, child.digest, child.digest);
    if (what !== undefined) return what;
  }
  for (const blob of config === undefined ? layers : [config, ...layers]) {
    const what = await blobDifference(url, set, repository, blob.digest);
    if (what !== undefined) return what;
  }
  return undefined;
}

interface Body {
  readonly manifests?: readonly { readonly digest: Digest }[];
  readonly config?: { readonly digest: Digest };
  readonly layers?: readonly { readonly digest: Digest }[];
}

async function blobDifference(
  url: string,
  set: ImageSet,
  repository: string,
  digest: Digest,
): Promise<Pick<Difference, 'kind' | 'what'> | undefined> {
  const answer = await fetch(`${url}/v2/${repository}/blobs/${digest}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status === 404) return { kind: 'incomplete', what: `no blob ${digest}` };
  if (answer.status !== 200) throw new Error(`${url}: blob ${digest}: ${answer.status}`);
  return set.blobs.get(digest)?.equals(bytes) === true ? undefined : { kind: 'wrong', what: `blob ${digest}` };
}

/** Tag → digest of everything in a registry, by its own word. */
export async function tagDigests(url: string, repositories: Iterable<string>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const repository of repositories) {
    const listing = await fetch(`${url}/v2/${repository}/tags/list`);
    const { tags } = (await listing.json()) as { tags?: string[] };
    for (const tag of [...(tags ?? [])].sort()) {
      const head = await fetch(`${url}/v2/${repository}/manifests/${tag}`, {
        method: 'HEAD',
        headers: { accept: acceptManifests },
      });
      found[`${repository}:${tag}`] = head.headers.get('docker-content-digest') ?? `status ${head.status}`;
    }
  }
  return found;
}
