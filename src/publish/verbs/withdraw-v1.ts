import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageRedirect } from '../redirects/redirect.js';
import type { ObjectStore } from '../stores/object-store.js';

/** Options of {@link withdrawV1Tags}. */
export interface WithdrawV1Options {
  readonly store: ObjectStore;
  /** Folder of its images, with a slash at its end. */
  readonly folder: string;
  /** Redirect file as it is: the tags of v1 are in it alone. */
  readonly redirect: ImageRedirect;
  readonly tags: readonly string[] | undefined;
  /** Milliseconds for which redirects that were given still lead to the content. */
  readonly wait: number;
  /**
   * Writes the redirect file: first without the tags that go, and after the wait without their images. Undefined: nothing stays, and
   * it is to be removed.
   */
  readonly writeRedirect: (redirect: ImageRedirect | undefined) => Promise<void>;
  /** Called when the wait begins. */
  readonly waits?: () => void;
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const ancestryShape = z.array(z.string());
const longestAncestry = 1 << 20;

/**
 * Withdraws tags of images of the first docker-registry: from the redirect file first, which has them; then, after the wait, images that no
 * other tag needs, each from its ancestry to its layer.
 * @returns the keys that were deleted, in their order
 * @throws RegistryError `not-found` for a tag that isn't there
 */
export async function withdrawV1Tags(options: WithdrawV1Options): Promise<readonly string[]> {
  const { store, folder, redirect, wait, isDryRun = false, signal } = options;
  const all = Object.entries(redirect.tags);
  const missing = options.tags?.find((tag) => !Object.hasOwn(redirect.tags, tag));
  if (missing !== undefined) throw new RegistryError('not-found', `${redirect.name} has no tag ${missing}`);
  const going = new Set(options.tags ?? all.map(([tag]) => tag));
  const kept = all.filter(([tag]) => !going.has(tag));
  const needed = await idsBelow(
    options,
    kept.map(([, id]) => id),
  );
  const reached = await idsBelow(
    options,
    all.filter(([tag]) => going.has(tag)).map(([, id]) => id),
  );
  const gone = [...reached].filter((id) => !needed.has(id));
  const keys = ['ancestry', 'json', 'layer'].map((file) => gone.map((id) => `${folder}${id}/${file}`));
  if (isDryRun) return keys.flat();
  const images = redirect.images.filter((id) => !gone.includes(id));
  const tags = Object.fromEntries(kept);
  // Who has the id of an image is still sent to its layers.
  await options.writeRedirect({ ...redirect, tags });
  options.waits?.();
  await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw new RegistryError(
      'interrupted',
      'withdrawing was interrupted: the tags are gone, their images are still there',
    );
  });
  await options.writeRedirect(kept.length === 0 ? undefined : { ...redirect, images, tags });
  for (const some of keys) await store.delete(some);
  return keys.flat();
}

/** Lists images and those below them. One whose ancestry isn't there is had from elsewhere. */
async function idsBelow({ store, folder }: WithdrawV1Options, tops: readonly string[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const top of new Set(tops)) {
    const bytes = await store.read(`${folder}${top}/ancestry`, longestAncestry);
    const parsed = ancestryShape.safeParse(bytes === undefined ? [] : tryBoundedJson(bytes.toString('utf8')));
    if (!parsed.success) throw new RegistryError('corrupt', `${store.name}/${folder}${top}/ancestry is no list of ids`);
    for (const id of parsed.data) ids.add(id);
  }
  return ids;
}
