import { lstat, readdir } from 'node:fs/promises';
import { parseBoundedJson } from '../../bounded-json.js';
import { type Digest, isDigest } from '../../digest.js';
import { isKeptUntagged } from '../../kept-until.js';
import { contentSize, readContent } from '../storage/content.js';
import { StorageError, unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { readLink } from '../storage/links.js';
import { readManifestJson } from '../storage/manifest-text.js';
import { linkedDigests } from './linked-folders.js';

/** Manifest of a repository, with what it names. */
export interface KnownManifest {
  /** Digests that it is known by: its sha256, and the sha512 that it was pushed by. */
  readonly names: Digest[];
  /** Time of its last use, in milliseconds. */
  usedAt: number;
  /** Manifests that it lists. */
  readonly children: readonly Digest[];
  readonly subject: Digest | undefined;
  /** All digests in it: its children and its subject as well. */
  readonly named: readonly Digest[];
  /** It stays for a while without a tag. */
  readonly isHeld: boolean;
}

/** Manifests and tags of a repository. */
export interface RepositoryManifests {
  /** By the sha256 of their content. */
  readonly manifests: ReadonlyMap<Digest, KnownManifest>;
  /** Content of a digest that a manifest is known by. */
  readonly contentOf: ReadonlyMap<Digest, Digest>;
  /** Digests that tags point at, by tag. */
  readonly tags: Map<string, Digest>;
  /** Manifests that can't be read: what they need is not known. */
  readonly unreadable: readonly string[];
}

/** Reads the manifests of a repository. @param most bytes of a manifest that is read */
export async function readManifests(layout: Layout, name: string, most: number): Promise<RepositoryManifests> {
  const manifests = new Map<Digest, KnownManifest>();
  const contentOf = new Map<Digest, Digest>();
  const unreadable: string[] = [];
  for (const digest of await linkedDigests(layout.revisions(name))) {
    const link = layout.revisionLink(name, digest);
    const [stats, sha256] = [await unlessMissing(lstat(link)), await readLink(link)];
    if (stats === undefined || sha256 === undefined) continue; // docker-registry leaves the folders of deleted ones.
    contentOf.set(digest, sha256);
    const known = manifests.get(sha256);
    if (known === undefined) {
      const read = await readNamed(layout, sha256, most);
      if (typeof read === 'string') unreadable.push(`${digest}: ${read}`);
      else manifests.set(sha256, { names: [digest], usedAt: stats.mtimeMs, ...read });
    } else {
      known.names.push(digest);
      known.usedAt = Math.max(known.usedAt, stats.mtimeMs);
    }
  }
  return { manifests, contentOf, unreadable, tags: await readTags(layout, name) };
}

async function readTags(layout: Layout, name: string): Promise<Map<string, Digest>> {
  const tags = new Map<string, Digest>();
  for (const tag of (await unlessMissing(readdir(layout.tags(name), { withFileTypes: true }))) ?? []) {
    if (tag.isSymbolicLink())
      throw new StorageError(`${layout.tags(name)}/${tag.name} is a link, which is not followed`);
    const digest = await readLink(layout.tagLink(name, tag.name));
    if (digest !== undefined) tags.set(tag.name, digest);
  }
  return tags;
}

type Named = Pick<KnownManifest, 'children' | 'subject' | 'named' | 'isHeld'>;

const nothing: Named = { children: [], subject: undefined, named: [], isHeld: false };

/** Reads what a manifest names; a text says why that can't be known. Content that isn't there names nothing. */
async function readNamed(layout: Layout, sha256: Digest, most: number): Promise<Named | string> {
  const bytes = await readContent(layout, sha256, most);
  if (bytes === undefined) {
    const size = contentSize(layout, sha256);
    return size === undefined ? nothing : `it has ${size} bytes`;
  }
  let json: unknown;
  try {
    json = parseBoundedJson(bytes.toString('utf8'));
  } catch {
    return 'it is not JSON';
  }
  const read = readManifestJson(json);
  if (!read.ok) return read.why;
  const { children, subject } = read.manifest;
  return { children, subject, named: digestsOf(json), isHeld: isKeptUntagged(json) };
}

/**
 * Returns every digest that a document holds, wherever: layers that registries need not have, the layers of schema 1,
 * blobs that an index lists. All that a manifest names may be wanted by who reads it.
 */
function digestsOf(json: unknown): Digest[] {
  const found = new Set<Digest>();
  const left: unknown[] = [json];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value === 'string' && isDigest(value)) found.add(value);
    else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) if (inner !== undefined && inner !== null) left.push(inner);
    }
  }
  return [...found];
}
