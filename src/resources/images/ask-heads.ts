import { isDigest } from '../../registry/digest.js';
import type { WantedImages } from '../../registry/lists/image-list.js';
import { type Sh, sh } from '../../sh.js';
import { bareRegistry } from './images-params.js';
import { registryQuestions } from './registry-questions.js';

/** Image by its tag on both sides. */
interface Pair {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Lists the images where each is a tag on both sides, so that the host itself can compare by two HEAD requests.
 * Undefined where there are patterns, digests or platforms among them.
 */
export function tagPairs(list: readonly WantedImages[]): readonly Pair[] | undefined {
  const pairs: Pair[] = [];
  for (const { repository, target, tags, patterns, platforms, source } of list) {
    if (typeof repository !== 'string' || patterns !== undefined || platforms !== undefined || source !== undefined)
      return undefined;
    for (const { tag, digest, targetTag = tag } of tags) {
      if (tag === undefined || targetTag === undefined || digest !== undefined) return undefined;
      const name = `${target}:${targetTag}`;
      pairs.push({ name, from: `/v2/${repository}/manifests/${tag}`, to: `/v2/${target}/manifests/${targetTag}` });
    }
  }
  return pairs;
}

/**
 * Returns the part of a probe that sends a HEAD for each tag to both registries, in the request that reads everything
 * else. A run in which nothing has changed then needs no other request.
 */
export function askHeads(from: string, to: string, pairs: readonly Pair[]): Sh {
  return sh`if command -v curl >/dev/null 2>&1; then
${registryQuestions}
base() { case $2 in *://*) echo "$2" ;; *) known=$(look "$1"); echo "\${known%% *}" ;; esac; }
ups() { for path in ${pairs.map((pair) => pair.from)}; do echo "$path"; done; }
owns() { for path in ${pairs.map((pair) => pair.to)}; do echo "$path"; done; }
{ ups | heads up "$(base ${bareRegistry(from)} ${from})" ${bareRegistry(from)} & owns | heads own "$(base ${bareRegistry(to)} ${to})" ${bareRegistry(to)} & wait; } | sed 's/^/head /'
fi`;
}

/**
 * Returns the digests by image where all of them are the same on both sides; undefined when any differs, or is
 * unknown.
 */
export function sameOnBothSides(stdout: string, pairs: readonly Pair[]): ReadonlyMap<string, string> | undefined {
  const answers = new Map<string, string>();
  for (const [, n = '', side = '', digest = ''] of stdout.matchAll(/^head (\d+) (up|own) 200 (sha\d+:[0-9a-f]+) /gm)) {
    if (isDigest(digest)) answers.set(`${side} ${n}`, digest);
  }
  const same = new Map<string, string>();
  for (const [n, { name }] of pairs.entries()) {
    const digest = answers.get(`own ${n}`);
    if (digest === undefined || digest !== answers.get(`up ${n}`)) return undefined;
    same.set(name, digest);
  }
  return same;
}
