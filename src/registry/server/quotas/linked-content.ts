import { readdir } from 'node:fs/promises';
import { type Digest, isDigest } from '../../digest.js';
import { isOf } from '../access/rights.js';
import { repositoriesBelow } from '../storage/catalog.js';
import { unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { plainSize } from '../storage/plain-file.js';

/** Content that a repository has a link to: a blob or a manifest. */
export interface LinkedContent {
  readonly name: string;
  readonly sha256: Digest;
  /** In bytes. */
  readonly size: number;
}

/** Links whose content is measured at once. */
const atOnce = 64;

/** Finds the content that the repositories of a prefix have links to. */
export async function* linkedContent(
  layout: Layout,
  prefix: string,
  complain: (message: string) => void,
): AsyncGenerator<LinkedContent> {
  const folder = prefix === '*' || prefix === '**' ? '' : prefix.replace(/\/$/, '');
  for await (const name of repositoriesBelow(layout, folder, complain)) {
    if (!isOf(name, prefix)) continue;
    const links = await linksOf(layout, name);
    for (let at = 0; at < links.length; at += atOnce) {
      const found = await Promise.all(links.slice(at, at + atOnce).map((link) => measured(layout, name, link)));
      for (const content of found) if (content !== undefined) yield content;
    }
  }
}

interface Link {
  readonly path: string;
  readonly sha256: Digest;
}

/** Lists the links to blobs and manifests by their sha256: each content has one, whatever other digest it is known by. */
async function linksOf(layout: Layout, name: string): Promise<Link[]> {
  const folders = [`${layout.repository(name)}/_layers/sha256`, `${layout.revisions(name)}/sha256`];
  const found = await Promise.all(folders.map(async (folder) => (await unlessMissing(readdir(folder))) ?? []));
  return found.flatMap((names, at) =>
    names.flatMap((hex) => {
      const sha256 = `sha256:${hex}`;
      return isDigest(sha256) ? [{ path: `${folders[at]}/${hex}/link`, sha256 }] : [];
    }),
  );
}

/** Measures content; undefined where it or its link isn't there, as docker-registry leaves the folder of what it deletes. */
async function measured(layout: Layout, name: string, { path, sha256 }: Link): Promise<LinkedContent | undefined> {
  const [link = 0, size] = await Promise.all([plainSize(path), plainSize(`${layout.content(sha256)}/data`)]);
  return link === 0 || size === undefined ? undefined : { name, sha256, size };
}
