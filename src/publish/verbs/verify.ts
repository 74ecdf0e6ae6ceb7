import { createHash } from 'node:crypto';
import { acceptManifests } from '../../registry/media-types.js';
import { RegistryError } from '../../registry/registry-error.js';
import { mapInParallel } from '../../text/in-parallel.js';
import type { Publication, PublishedObject } from '../layouts/publication.js';
import { type AnonymousAnswer, type AnonymousOptions, askAnonymously } from './anonymous-request.js';

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

/** Requests at a time. */
export const pullsBeside = 8;

/** Returns a line for each problem of tags. */
export function problemLines(tags: readonly VerifiedTag[] | undefined): string[] {
  return tags?.flatMap(({ tag, problems }) => problems.map((problem) => `${tag}: ${problem}`)) ?? [];
}

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
  await mapInParallel([...keys], pullsBeside, async (key) => {
    const object = byKey.get(key);
    if (object === undefined) return;
    const address = `${options.url.replace(/\/$/, '')}/${encodeURI(key)}`;
    problems.set(key, await pullProblem(object, address, documents.has(key) ? 'GET' : 'HEAD', options));
  });
  return publication.tags.map(({ tag, documents: read, layers }) => ({
    tag,
    problems: [...read, ...layers].flatMap((key) => problems.get(key) ?? []),
  }));
}

/**
 * Asks for an object at an address as anybody would.
 * @param method GET reads it and compares its bytes, HEAD its size
 * @returns what is wrong, for people; undefined: nothing
 * @throws RegistryError `unreachable`
 */
export async function pullProblem(
  object: PublishedObject,
  address: string,
  method: 'GET' | 'HEAD',
  { ca, signal }: Pick<AnonymousOptions, 'ca' | 'signal'>,
): Promise<string | undefined> {
  let answer: AnonymousAnswer;
  try {
    answer = await askAnonymously(address, { method, most: object.size, accept: acceptManifests, ca, signal });
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'corrupt') return error.message;
    throw error;
  }
  const { from, status, contentType, length, bytes } = answer;
  const asked = from === address ? address : `${address}, which leads to ${from}`;
  if (status !== 200) return `${asked}: it answers ${status} to ${method} without an account`;
  if (contentType !== object.contentType)
    return `${asked}: its type is ${contentType ?? 'not given'}, not ${object.contentType}`;
  if (method === 'HEAD')
    return length === undefined || length === object.size
      ? undefined
      : `${asked}: it has ${length} bytes, not ${object.size}`;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return sha256 === object.sha256 ? undefined : `${asked}: its bytes have the SHA-256 ${sha256}, not ${object.sha256}`;
}
