import { createHash } from 'node:crypto';
import { RegistryError } from '../../registry/registry-error.js';
import { mapInParallel } from '../../text/in-parallel.js';
import type { Publication, PublishedObject } from '../layouts/publication.js';
import { askAnonymously } from './anonymous-request.js';

/** Options of {@link verifyPublication}. */
export interface VerifyOptions {
  readonly publication: Publication;
  /** Address below which the keys are served. */
  readonly url: string;
  /** Authorities to trust besides, PEM. */
  readonly ca?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tag that was pulled, and what is wrong with it. */
export interface VerifiedTag {
  readonly tag: string;
  /** Lines for people; empty: it is pulled as it should be. */
  readonly problems: readonly string[];
}

const beside = 8;

/**
 * Pulls each tag by its public address as anybody would: manifests and configurations are read and compared, layers are asked
 * for by HEAD. What tags have in common is read once.
 * @throws RegistryError `unreachable`
 */
export async function verifyPublication(options: VerifyOptions): Promise<VerifiedTag[]> {
  const { publication } = options;
  const byKey = new Map(publication.objects.map((object) => [object.key, object]));
  const problems = new Map<string, string | undefined>();
  const documents = new Set(publication.tags.flatMap((tag) => tag.documents));
  const keys = new Set([...documents, ...publication.tags.flatMap(({ layers }) => layers)]);
  await mapInParallel([...keys], beside, async (key) => {
    const object = byKey.get(key);
    if (object !== undefined) problems.set(key, await problemOf(object, documents.has(key) ? 'GET' : 'HEAD', options));
  });
  return publication.tags.map(({ tag, documents: read, layers }) => ({
    tag,
    problems: [...read, ...layers].flatMap((key) => problems.get(key) ?? []),
  }));
}

async function problemOf(
  object: PublishedObject,
  method: 'GET' | 'HEAD',
  { url, ca, signal }: VerifyOptions,
): Promise<string | undefined> {
  const address = `${url.replace(/\/$/, '')}/${encodeURI(object.key)}`;
  let answer: Awaited<ReturnType<typeof askAnonymously>>;
  try {
    answer = await askAnonymously(address, { method, most: object.size, ca, signal });
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'corrupt') return error.message;
    throw error;
  }
  const { status, contentType, length, bytes } = answer;
  if (status !== 200) return `${address}: it answers ${status} to ${method} without an account`;
  if (contentType !== object.contentType)
    return `${address}: its type is ${contentType ?? 'not given'}, not ${object.contentType}`;
  if (method === 'HEAD')
    return length === undefined || length === object.size
      ? undefined
      : `${address}: it has ${length} bytes, not ${object.size}`;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return sha256 === object.sha256
    ? undefined
    : `${address}: its bytes have the SHA-256 ${sha256}, not ${object.sha256}`;
}
