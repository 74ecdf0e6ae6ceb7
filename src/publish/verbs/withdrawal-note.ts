import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { RegistryError } from '../../registry/registry-error.js';
import { jsonBytes } from '../layouts/small-object.js';
import type { ObjectStore } from '../stores/object-store.js';

const noteShape = z.object({ tags: z.array(z.string()), content: z.array(z.string()) });

/**
 * Note of a withdrawal, in the store until its content is deleted: by it the next one goes on where the first was interrupted.
 * Nothing else tells what was withdrawn from what an earlier publication left, or somebody is publishing.
 */
export interface WithdrawalNote {
  readonly tags: readonly string[];
  /** Digests of manifests and blobs, or ids of images of v1. */
  readonly content: readonly string[];
}

/** Bytes of a note at most. */
const longestNote = 32 << 20;
/** Lists, objects and commas of a note at most. */
const mostParts = 2_000_000;

/**
 * Returns the key of the note. It comes before all blobs, so that whoever lists these finds it.
 * @param prefix beginning of the keys of an application, with a slash
 */
export function noteKey(prefix: string): string {
  return `${prefix}blobs/.withdrawn`;
}

/** Reads the note of a withdrawal that is under way, or was interrupted: empty where there is none. @throws RegistryError `corrupt` */
export async function readNote(store: ObjectStore, prefix: string): Promise<WithdrawalNote> {
  const bytes = await store.read(noteKey(prefix), longestNote);
  if (bytes === undefined) return { tags: [], content: [] };
  const parsed = noteShape.safeParse(tryBoundedJson(bytes.toString('utf8'), mostParts));
  if (parsed.success) return parsed.data;
  throw new RegistryError('corrupt', `${store.name}/${noteKey(prefix)} does not say what was withdrawn`, {
    hint: 'delete it: what a withdrawal left then stays',
  });
}

/** Writes the note of a withdrawal, whose content is still there. */
export async function writeNote(store: ObjectStore, prefix: string, note: WithdrawalNote): Promise<void> {
  const bytes = jsonBytes(note);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const object = { key: noteKey(prefix), size: bytes.length, sha256, contentType: 'application/json' };
  await store.put({ ...object, access: 'private' }, bytes);
}

/**
 * Takes from the note what is deleted, or is published again; removes it when nothing is left of it.
 * @throws RegistryError `corrupt`
 */
export async function forgetNoted(store: ObjectStore, prefix: string, done: WithdrawalNote): Promise<void> {
  const note = await readNote(store, prefix);
  const [tags, content] = [new Set(done.tags), new Set(done.content)];
  const rest = {
    tags: note.tags.filter((tag) => !tags.has(tag)),
    content: note.content.filter((each) => !content.has(each)),
  };
  if (rest.tags.length === note.tags.length && rest.content.length === note.content.length) return;
  if (isEmpty(rest)) await store.delete([noteKey(prefix)]);
  else await writeNote(store, prefix, rest);
}

/** Returns true where nothing was withdrawn. */
export function isEmpty({ tags, content }: WithdrawalNote): boolean {
  return tags.length === 0 && content.length === 0;
}

/** Returns the tags of a note that were not published again since. */
export function leftTags({ tags }: WithdrawalNote, listed: readonly string[]): string[] {
  return tags.filter((tag) => !listed.includes(tag));
}
