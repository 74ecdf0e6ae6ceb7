import { subjectOfTag } from '../../registry/attached-tags.js';
import { isDigest } from '../../registry/digest.js';
import { readNames } from '../layouts/name-list.js';
import { listObject } from '../layouts/static-layout.js';
import type { V2Places } from '../layouts/v2-places.js';
import type { NewObject, ObjectAccess, ObjectStore, StoredObject } from '../stores/object-store.js';
import { lastPart, type ObjectRole, StoredContent } from './stored-content.js';
import { requireTags, type WithdrawalOptions, waitForClients } from './withdrawal.js';
import { forgetNoted, isEmpty, leftTags, readNote, type WithdrawalNote, writeNote } from './withdrawal-note.js';

/** Options of {@link withdrawTags}. */
export interface WithdrawTagsOptions extends WithdrawalOptions {
  readonly places: V2Places;
  /** Name of the repository, in its list of tags. */
  readonly name: string;
  readonly access: ObjectAccess;
  /**
   * Writes the redirect file for the manifests that are there, or removes it where none are: first without the tags that go, and
   * again after the wait, without their manifests.
   */
  readonly writeRedirect?: (kept: ReadonlyMap<string, StoredObject>) => Promise<void>;
}

/** Keys that were deleted, in this order. */
export interface Withdrawal {
  /** Tags, and lists of what points at manifests that go. */
  readonly tags: readonly string[];
  readonly manifests: readonly string[];
  readonly blobs: readonly string[];
}

/**
 * Withdraws tags in the order that no client notices: from the redirect file, then tags and their list; then, when nobody who read
 * one of them is still pulling, manifests and blobs that nothing else needs. A note in the store says until then what goes: what an
 * interrupted withdrawal left goes as well. What no tag has ever led to stays, with all that it needs: an earlier publication left
 * it, or somebody is publishing it.
 * @throws RegistryError `not-found` for a tag that isn't there
 */
export async function withdrawTags(options: WithdrawTagsOptions): Promise<Withdrawal> {
  const { store, places, name, isDryRun = false } = options;
  const { content, listed, note } = await readState(store, places);
  requireTags(options, name, listed, note);
  const left = leftTags(note, listed);
  const asked = new Set([...(options.tags ?? listed), ...left]);
  const going = goingTags(content, [...listed, ...left], asked, note);
  const kept = listed.filter((tag) => !going.has(tag));
  const keys = inOrder(content, goneBy(content, kept, going, note));
  if (isDryRun) return keys;
  await options.writeRedirect?.(without(content.there, keys.tags));
  const noted = { tags: [...going], content: [...new Set([...keys.manifests, ...keys.blobs].map(lastPart))] };
  if (!isEmpty(noted)) await writeNote(store, places.prefix, noted);
  if (kept.length === 0) await store.delete([places.tagList]);
  else await putTagList(options, kept);
  await store.delete(keys.tags);
  if (isEmpty(noted)) return keys;
  // Who has read a tag's manifest is still sent to its parts.
  await waitForClients(options);
  return { ...(await deleteNoted(options, noted, content)), tags: keys.tags };
}

/** Lists what an interrupted withdrawal left: content that nothing else needs. */
export async function leftByWithdrawal(store: ObjectStore, places: V2Places): Promise<readonly StoredObject[]> {
  if (isEmpty(await readNote(store, places.prefix))) return [];
  const { content, listed, note } = await readState(store, places);
  const gone = goneBy(content, listed, leftTags(note, listed), note);
  return [...gone.keys()].sort().flatMap((key) => content.there.get(key) ?? []);
}

/** Deletes what a note says, and what others have not published again meanwhile. */
async function deleteNoted(
  { store, places, writeRedirect }: WithdrawTagsOptions,
  noted: WithdrawalNote,
  former: StoredContent,
): Promise<Withdrawal> {
  const { content, listed, note } = await readState(store, places, former);
  const still = new Set(note.content);
  const due = { tags: [], content: noted.content.filter((digest) => still.has(digest)) };
  const keys = inOrder(content, goneBy(content, listed, [], due));
  await writeRedirect?.(without(content.there, [...keys.manifests, ...keys.blobs]));
  for (const turn of content.inTurns(keys.manifests)) await store.delete(turn);
  await store.delete(keys.blobs);
  await forgetNoted(store, places.prefix, noted);
  return keys;
}

/** State of a repository: its content, the tags in its list, and what is being withdrawn. */
interface RepositoryState {
  readonly content: StoredContent;
  readonly listed: readonly string[];
  readonly note: WithdrawalNote;
}

async function readState(store: ObjectStore, places: V2Places, former?: StoredContent): Promise<RepositoryState> {
  const note = await readNote(store, places.prefix);
  const listed = (await readNames(store, places.tagList, 'tags')).names;
  return { note, listed, content: await StoredContent.read(store, places, former) };
}

/** Finds the tags that go: those that are asked for, and signatures of what goes with them. */
function goingTags(
  content: StoredContent,
  tags: readonly string[],
  asked: ReadonlySet<string>,
  note: WithdrawalNote,
): ReadonlySet<string> {
  const kept = tags.filter((tag) => !asked.has(tag));
  const gone = goneBy(content, kept, asked, note);
  const attached = kept.filter((tag) => {
    const subject = subjectOfTag(tag);
    return subject !== undefined && content.manifestKeys(subject).some((key) => gone.has(key));
  });
  return attached.length === 0 ? asked : goingTags(content, tags, new Set([...asked, ...attached]), note);
}

/** Finds what tags and a note lead to and nothing else needs: no other tag, and no manifest that neither of them leads to. */
function goneBy(
  content: StoredContent,
  kept: Iterable<string>,
  going: Iterable<string>,
  note: WithdrawalNote,
): Map<string, ObjectRole> {
  const reached = content.reach(going, note.content.filter(isDigest));
  const others = content.digests.filter((digest) => !content.manifestKeys(digest).some((key) => reached.has(key)));
  const needed = content.reach(kept, others);
  return new Map([...reached].filter(([key, role]) => role === 'tag' || !needed.has(key)));
}

function inOrder(content: StoredContent, gone: ReadonlyMap<string, ObjectRole>): Withdrawal {
  const keysOf = (...roles: ObjectRole[]) => [...gone.keys()].filter((key) => roles.includes(gone.get(key) ?? 'blob'));
  return {
    tags: [...keysOf('tag'), ...keysOf('list')],
    manifests: content.inTurns(keysOf('manifest').sort()).flat(),
    blobs: keysOf('blob').sort(),
  };
}

function without<Value>(there: ReadonlyMap<string, Value>, keys: readonly string[]): Map<string, Value> {
  const rest = new Map(there);
  for (const key of keys) rest.delete(key);
  return rest;
}

async function putTagList(
  { store, places, name, access }: WithdrawTagsOptions,
  tags: readonly string[],
): Promise<void> {
  const { content, contentType, cacheControl, size, sha256 } = listObject(places.tagList, { name, tags });
  const object: NewObject = { key: places.tagList, size, sha256, contentType, cacheControl, access };
  if (content instanceof Uint8Array) await store.put(object, content);
}
