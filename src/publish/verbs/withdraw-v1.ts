import { z } from 'zod';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { RegistryError } from '../../registry/registry-error.js';
import { v1Files } from '../layouts/v1-objects.js';
import type { ImageRedirect } from '../redirects/redirect.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';
import { requireTags, type WithdrawalOptions, waitForClients } from './withdrawal.js';
import { forgetNoted, isEmpty, leftTags, readNote, type WithdrawalNote, writeNote } from './withdrawal-note.js';

/** Folder of images of v1 in a store. */
export interface ImageFolder {
  readonly store: ObjectStore;
  /** Beginning of the keys of its images, with a slash at its end. */
  readonly folder: string;
}

/** Options of {@link withdrawV1Tags}. */
export interface WithdrawV1Options extends WithdrawalOptions, ImageFolder {
  /** Name of the repository, for errors. */
  readonly name: string;
  /** Reads the redirect file as it is: the tags of v1 are in it alone. Undefined: there is none. */
  readonly readRedirect: () => ImageRedirect | undefined;
  /**
   * Writes the redirect file: first without the tags that go, and after the wait without their images. Undefined: nothing stays, and
   * it is to be removed.
   */
  readonly writeRedirect: (redirect: ImageRedirect | undefined) => Promise<void>;
}

const ancestryShape = z.array(z.string());
const longestAncestry = 1 << 20;

/** Files of an image, in the order in which they are deleted. */
const deletedFiles = v1Files.toReversed();

/**
 * Withdraws tags of images of the first docker-registry: from the redirect file first, which has them; then, after the wait, images that
 * nothing else needs, each from its ancestry to its layer. With the last tag go the images that have none. A note in the store says
 * until then what goes: what an interrupted withdrawal left goes as well.
 * @returns the keys that were deleted, in their order
 * @throws RegistryError `not-found` for a tag that isn't there
 */
export async function withdrawV1Tags(options: WithdrawV1Options): Promise<readonly string[]> {
  const { store, folder, name, isDryRun = false } = options;
  const note = await readNote(store, folder);
  const redirect = options.readRedirect();
  if (redirect === undefined && isEmpty(note))
    throw new RegistryError('not-found', `${name} has no redirect file of version 1`, {
      hint: 'nothing of it is published, or its layout is another one',
    });
  const listed = Object.keys(redirect?.tags ?? {});
  requireTags(options, name, listed, note);
  const going = new Set([...(options.tags ?? listed), ...leftTags(note, listed)]);
  const isLast = listed.every((tag) => going.has(tag));
  const more = isLast ? (redirect?.images ?? []) : [];
  const gone = await goneIds(options, redirect, going, [...note.content, ...more]);
  if (isDryRun) return (await storedFiles(options, gone)).flat().map(({ key }) => key);
  const noted = { tags: [...going], content: gone };
  await writeNote(store, folder, noted);
  // Who has the id of an image is still sent to its layers.
  if (redirect !== undefined) await options.writeRedirect({ ...redirect, tags: tagsWithout(redirect, going) });
  await waitForClients(options);
  return await deleteNoted(options, noted);
}

/** Lists what an interrupted withdrawal left: files of images that nothing else needs. */
export async function leftByV1Withdrawal(
  options: ImageFolder,
  redirect: ImageRedirect | undefined,
): Promise<readonly StoredObject[]> {
  const { content } = await readNote(options.store, options.folder);
  if (content.length === 0) return [];
  return (await storedFiles(options, await goneIds(options, redirect, new Set(), content))).flat();
}

/** Deletes what a note says, and what others have not published again meanwhile. */
async function deleteNoted(options: WithdrawV1Options, noted: WithdrawalNote): Promise<readonly string[]> {
  const { store, folder } = options;
  const still = new Set((await readNote(store, folder)).content);
  const redirect = options.readRedirect();
  const due = noted.content.filter((id) => still.has(id));
  const gone = new Set(await goneIds(options, redirect, new Set(), due));
  const files = (await storedFiles(options, gone)).map((some) => some.map(({ key }) => key));
  if (redirect !== undefined) {
    const images = redirect.images.filter((id) => !gone.has(id));
    const isNothing = images.length === 0 && Object.keys(redirect.tags).length === 0;
    await options.writeRedirect(isNothing ? undefined : { ...redirect, images });
  }
  for (const some of files) await store.delete(some);
  await forgetNoted(store, folder, noted);
  return files.flat();
}

/** Finds the images that tags and a note lead to, and nothing else of the redirect file. */
async function goneIds(
  folder: ImageFolder,
  redirect: ImageRedirect | undefined,
  going: ReadonlySet<string>,
  noted: readonly string[],
): Promise<string[]> {
  const all = Object.entries(redirect?.tags ?? {});
  const topsOf = (isGoing: boolean) => all.filter(([tag]) => going.has(tag) === isGoing).map(([, id]) => id);
  const reached = new Set([...(await idsBelow(folder, topsOf(true))), ...noted]);
  const others = (redirect?.images ?? []).filter((id) => !reached.has(id));
  const needed = await idsBelow(folder, [...topsOf(false), ...others]);
  return [...reached].filter((id) => !needed.has(id));
}

/** Lists the files of images that are there: all ancestries, all descriptions, all layers. */
async function storedFiles({ store, folder }: ImageFolder, ids: Iterable<string>): Promise<StoredObject[][]> {
  const there = new Map<string, StoredObject>();
  for await (const object of store.list(folder)) there.set(object.key, object);
  const all = [...ids];
  return deletedFiles.map((file) => all.flatMap((id) => there.get(`${folder}${id}/${file}`) ?? []));
}

function tagsWithout({ tags }: ImageRedirect, going: ReadonlySet<string>): ImageRedirect['tags'] {
  return Object.fromEntries(Object.entries(tags).filter(([tag]) => !going.has(tag)));
}

/** Lists images and those below them. One whose ancestry isn't there is had from elsewhere. */
async function idsBelow({ store, folder }: ImageFolder, tops: readonly string[]): Promise<Set<string>> {
  const ids = new Set<string>();
  // An image that stands below another one has nothing that it has not.
  for (const top of new Set(tops)) {
    if (ids.has(top)) continue;
    const bytes = await store.read(`${folder}${top}/ancestry`, longestAncestry);
    const parsed = ancestryShape.safeParse(bytes === undefined ? [top] : tryBoundedJson(bytes.toString('utf8')));
    if (!parsed.success) throw new RegistryError('corrupt', `${store.name}/${folder}${top}/ancestry is no list of ids`);
    for (const id of parsed.data) ids.add(id);
  }
  return ids;
}
