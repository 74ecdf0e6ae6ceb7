import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeNewFile } from '../../../files/replace-file.js';
import type { Digest } from '../../digest.js';
import { isTag } from '../../names.js';
import { filterInTurns } from '../turns.js';
import { createWhole } from './content.js';
import { isMissing, makeFolder, unlessMissing } from './files.js';
import type { Layout } from './layout.js';
import { readLinkNow, renewLink, writeLink } from './links.js';
import type { Removals } from './removals.js';
import type { Uses } from './uses.js';
import { removeAside, requireWithin } from './within-storage.js';

/** Points a tag at a manifest. A new tag appears with all its files at once: a folder alone would be listed. */
export async function setTag(layout: Layout, uses: Uses, name: string, tag: string, digest: Digest): Promise<void> {
  const folder = `${layout.tags(name)}/${tag}`;
  requireWithin(layout, `${folder}/current/link`);
  for (let tries = 1; ; tries += 1) {
    const link = layout.tagLink(name, tag);
    if (readLinkNow(link) === undefined && (await createTagFolder(layout, name, folder, digest))) return;
    await writeLink(layout, name, historyLink(folder, digest), digest);
    await renewLink(layout, uses, name, link, digest);
    // Another request may have taken the tag away between its two links.
    if (readLinkNow(historyLink(folder, digest)) === digest || tries === mostTries) return;
  }
}

/**
 * Points a tag that isn't there at a manifest. False where it is there, and points at another: of two requests at once
 * one makes it, whichever process they came to.
 */
export async function createTag(
  layout: Layout,
  uses: Uses,
  name: string,
  tag: string,
  digest: Digest,
): Promise<boolean> {
  const folder = `${layout.tags(name)}/${tag}`;
  requireWithin(layout, `${folder}/current/link`);
  if (await createTagFolder(layout, name, folder, digest)) return true;
  const found = readLinkNow(layout.tagLink(name, tag));
  if (found === undefined) await setTag(layout, uses, name, tag, digest); // Half of a tag, as another program left it.
  return found === undefined || found === digest;
}

const mostTries = 10;

/** Makes a tag that isn't there, with both of its links. False where it is there meanwhile. */
async function createTagFolder(layout: Layout, name: string, folder: string, digest: Digest): Promise<boolean> {
  const waiting = layout.upload(name, randomUUID());
  requireWithin(layout, waiting);
  return await createWhole(folder, waiting, async (beside) => {
    // Nobody else knows of the folder, and one flush serves both.
    await Promise.all(
      [historyLink(beside, digest), `${beside}/current/link`].map(async (link) => {
        await mkdir(dirname(link), { recursive: true });
        await writeNewFile(link, digest, 0o644);
      }),
    );
  });
}

function historyLink(folder: string, digest: Digest): string {
  return `${folder}/index/${digest.replace(':', '/')}/link`;
}

/** Takes a tag away; the manifest stays. */
export async function deleteTagFolder(layout: Layout, name: string, tag: string): Promise<void> {
  await removeAside(layout, name, `${layout.tags(name)}/${tag}`);
}

/**
 * Takes tags away, each if it is still wanted: one that was moved meanwhile stays. They are moved aside, and removed
 * later: thirty thousand take minutes.
 */
export async function deleteTagFolders(
  layout: Layout,
  removals: Removals,
  name: string,
  tags: readonly string[],
  isWanted: (tag: string) => boolean,
): Promise<void> {
  const [first] = tags;
  if (first === undefined) return;
  const aside = layout.upload(name, randomUUID());
  requireWithin(layout, `${layout.tags(name)}/${first}`, `${aside}/-`);
  await makeFolder(aside);
  await filterInTurns(tags, (tag) => isWanted(tag) && moveNow(`${layout.tags(name)}/${tag}`, `${aside}/${tag}`));
  removals.add(aside);
}

/** Moves a folder; false where another request was first. */
function moveNow(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Lists the tags of a repository in the order of their bytes; undefined when there is no such repository. Other files
 * are left out.
 */
export async function listTags(layout: Layout, name: string): Promise<string[] | undefined> {
  const found = await unlessMissing(readdir(layout.tags(name), { withFileTypes: true }));
  if (found !== undefined) {
    return found.flatMap((entry) => (entry.isDirectory() && isTag(entry.name) ? [entry.name] : [])).sort();
  }
  const inside = (await unlessMissing(readdir(layout.repository(name)))) ?? [];
  return inside.some((entry) => entry === '_manifests' || entry === '_layers') ? [] : undefined;
}
