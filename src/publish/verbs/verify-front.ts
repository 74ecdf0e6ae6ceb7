import { setTimeout as sleep } from 'node:timers/promises';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { acceptManifests } from '../../registry/media-types.js';
import { RegistryError } from '../../registry/registry-error.js';
import { mapInParallel } from '../../text/in-parallel.js';
import type { Publication } from '../layouts/publication.js';
import type { Redirect } from '../redirects/redirect.js';
import { type AnonymousAnswer, askAnonymously } from './anonymous-request.js';
import { lastPart } from './stored-content.js';
import { pullProblem, pullsBeside, type VerifiedTag } from './verify.js';

/** Options of {@link verifyFront}. */
export interface FrontOptions {
  readonly publication: Publication;
  /** Redirect file that was written. */
  readonly redirect: Redirect;
  /** Address of what answers clients from redirect files: `https://registry.example.com`. */
  readonly front: string;
  /** Seconds in which it has to look at its redirect files again. */
  readonly wait: number;
  /** Called once, where it does not give all of it at once. */
  readonly waits?: () => void;
  /** Authorities to trust besides, PEM. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

/** Tags as what answers clients gives them to anybody. */
export interface FrontPull {
  readonly tags: readonly VerifiedTag[];
  /** false: it knows no repository of this name, as where it reads other redirect files. */
  readonly isKnown: boolean;
}

/** Milliseconds between two rounds. */
const pause = 2000;
/** Bytes of an answer that is not an object at most: a list of tags. */
const longest = 32 << 20;

/**
 * Returns what to do where tags are not pulled through a front.
 * @param file redirect file that it has to read
 */
export function frontAdvice(
  { front, redirect, wait }: Pick<FrontOptions, 'front' | 'redirect' | 'wait'>,
  { isKnown }: FrontPull,
  file: string,
): string {
  const { name, isProtected } = redirect;
  const after = `${wait} s after it was published, which stays`;
  if (isProtected) return `${front} does not hide ${name} as it should, ${after}. Check that it reads ${file}`;
  if (isKnown) return `${front} does not give all of ${name}, ${after}. Check that it reads ${file}, and publish again`;
  return `${front} does not know ${name}, ${after}. Copy ${file} to the folder that it reads, unless something else does, and publish again`;
}

/** Question about tags of a publication. */
interface FrontCheck {
  readonly tags: Set<string>;
  /** Returns what is wrong, for people. @throws RegistryError */
  readonly ask: () => Promise<string | undefined>;
}

/**
 * Pulls each tag through what answers clients from the redirect files, as anybody would: again and again, until it has looked at its
 * files and all is right, or the time is over. To a protected repository the right answer is 404.
 * @throws RegistryError `interrupted`
 */
export async function verifyFront(options: FrontOptions): Promise<FrontPull> {
  const { publication, redirect, wait, waits, signal } = options;
  const checks = redirect.isProtected ? hiddenChecks(options) : pullChecks(options);
  const end = Date.now() + wait * 1000;
  let left = new Map(checks.map((check) => [check, '']));
  for (let isFirst = true; ; isFirst = false) {
    const isLast = Date.now() + pause >= end;
    left = await askAll([...left.keys()], isLast, signal);
    if (left.size === 0 || isLast) break;
    if (isFirst) waits?.();
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
  const problemsOf = (tag: string) => [...left].flatMap(([check, problem]) => (check.tags.has(tag) ? [problem] : []));
  const tags = publication.tags.map(({ tag }) => ({ tag, problems: problemsOf(tag) }));
  return { tags, isKnown: left.size === 0 || redirect.isProtected || (await knows(options)) };
}

/**
 * Asks questions.
 * @param isLast false: the first that is not answered as it should be ends the round
 * @returns those that are yet to be answered, and what was wrong
 */
async function askAll(
  checks: readonly FrontCheck[],
  isLast: boolean,
  signal: AbortSignal,
): Promise<Map<FrontCheck, string>> {
  const wrong = new Map<FrontCheck, string>();
  let unreachable: string | undefined;
  await mapInParallel(checks, pullsBeside, async (check) => {
    stopIfAborted(signal);
    if (unreachable !== undefined || (!isLast && wrong.size > 0)) {
      wrong.set(check, unreachable ?? '');
      return;
    }
    try {
      const problem = await check.ask();
      if (problem !== undefined) wrong.set(check, problem);
    } catch (error) {
      stopIfAborted(signal);
      if (!(error instanceof RegistryError)) throw error;
      unreachable = error.message;
      wrong.set(check, error.message);
    }
  });
  return new Map(checks.flatMap((check) => (wrong.has(check) ? [[check, wrong.get(check) ?? '']] : [])));
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new RegistryError('interrupted', 'verifying was interrupted: what was published stays');
}

/** Makes a question for each object of the tags: what tags have in common is asked once, and what names a tag comes first. */
function pullChecks(options: FrontOptions): FrontCheck[] {
  const { publication, redirect } = options;
  const byKey = new Map(publication.objects.map((object) => [object.key, object]));
  const checks = new Map<string, FrontCheck>();
  const add = (tag: string, address: string, ask: FrontCheck['ask']) => {
    const check = checks.get(address) ?? { tags: new Set(), ask };
    check.tags.add(tag);
    checks.set(address, check);
  };
  const addObject = (tag: string, key: string, method: 'GET' | 'HEAD') => {
    const object = byKey.get(key);
    const address = addressOf(options, key);
    if (object !== undefined) add(tag, address, () => pullProblem(object, address, method, options));
  };
  for (const { tag, documents } of publication.tags) {
    if (redirect.version === 1) add(tag, tagAddress(options, tag), () => idProblem(options, tag, redirect.tags[tag]));
    else for (const key of documents.slice(0, 1)) addObject(tag, key, 'GET');
  }
  for (const { tag, documents, layers } of publication.tags) {
    for (const key of documents) addObject(tag, key, 'GET');
    for (const key of layers) addObject(tag, key, 'HEAD');
  }
  return [...checks.values()];
}

/** Returns what is wrong with the id that a tag of v1 has. */
async function idProblem(options: FrontOptions, tag: string, id: string | undefined): Promise<string | undefined> {
  const address = tagAddress(options, tag);
  const { status, bytes } = await ask(options, address);
  if (status !== 200) return `${address}: it answers ${status} to GET without an account`;
  return tryBoundedJson(bytes.toString('utf8')) === id ? undefined : `${address}: it does not name the image ${id}`;
}

/** Makes a question for each tag of a repository that nobody sees without a certificate. */
function hiddenChecks(options: FrontOptions): FrontCheck[] {
  return options.publication.tags.map(({ tag }) => ({
    tags: new Set([tag]),
    async ask() {
      const address = tagAddress(options, tag);
      const { from, status } = await ask(options, address);
      if (new URL(from).pathname !== new URL(address).pathname)
        return `${address}: it leads to ${from} without a certificate, and should answer 404`;
      return status === 404
        ? undefined
        : `${address}: it answers ${status} without a certificate, and should answer 404`;
    },
  }));
}

/** Asks if a repository is known at all: where it is, its list of tags is here or elsewhere. */
async function knows(options: FrontOptions): Promise<boolean> {
  const { front, publication, redirect } = options;
  const list =
    redirect.version === 1 ? `/v1/repositories/${publication.name}/tags` : `/v2/${publication.name}/tags/list`;
  try {
    const { from, status } = await ask(options, `${front}${list}`);
    return status !== 404 || from !== `${front}${list}`;
  } catch (error) {
    stopIfAborted(options.signal);
    if (!(error instanceof RegistryError)) throw error;
    return true;
  }
}

function ask({ ca, signal }: FrontOptions, address: string): Promise<AnonymousAnswer> {
  return askAnonymously(address, { method: 'GET', most: longest, accept: acceptManifests, ca, signal });
}

function tagAddress({ front, publication: { name }, redirect }: FrontOptions, tag: string): string {
  const part = encodeURI(tag);
  return redirect.version === 1
    ? `${front}/v1/repositories/${name}/tags/${part}`
    : `${front}/v2/${name}/manifests/${part}`;
}

/** Returns the address of an object of a publication, by its key: an image's file of v1, a manifest, or a blob. */
function addressOf({ front, publication: { name, folder }, redirect }: FrontOptions, key: string): string {
  const path = key.slice(folder.length);
  if (redirect.version === 1) return `${front}/v1/images/${encodeURI(path)}`;
  const kind = path.startsWith('blobs/') ? 'blobs' : 'manifests';
  return `${front}/v2/${name}/${kind}/${encodeURI(lastPart(key))}`;
}
