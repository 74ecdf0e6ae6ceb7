import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import type { Digest } from '../digest.js';
import { appear } from './content.js';
import { readLink, unlessMissing, writeLink } from './files.js';
import type { Layout } from './layout.js';

/** Points a tag at a manifest. A new tag appears with all its files at once: a folder alone would be listed. */
export async function setTag(layout: Layout, name: string, tag: string, digest: Digest): Promise<void> {
  const folder = `${layout.tags(name)}/${tag}`;
  const known = await readLink(layout.tagLink(name, tag));
  if (known === undefined) {
    const waiting = layout.upload(name, randomUUID());
    await mkdir(layout.uploads(name), { recursive: true });
    const made = await appear(folder, waiting, (beside) => writeTag(beside, digest));
    if (made) return;
  }
  await writeTag(folder, digest);
}

async function writeTag(folder: string, digest: Digest): Promise<void> {
  await writeLink(`${folder}/index/${digest.replace(':', '/')}/link`, digest);
  await writeLink(`${folder}/current/link`, digest);
}

/** Takes a tag away; the manifest stays. */
export async function removeTag(layout: Layout, name: string, tag: string): Promise<void> {
  await rm(`${layout.tags(name)}/${tag}`, { recursive: true, force: true });
}

/** All tags of a repository in the order of their bytes; undefined when there is no such repository. */
export async function listTags(layout: Layout, name: string): Promise<string[] | undefined> {
  const tags = await unlessMissing(readdir(layout.tags(name)));
  if (tags !== undefined) return tags.sort();
  const inside = (await unlessMissing(readdir(layout.repository(name)))) ?? [];
  return inside.some((entry) => entry === '_manifests' || entry === '_layers') ? [] : undefined;
}
