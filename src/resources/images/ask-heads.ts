import { isDigest } from '../../registry/digest.js';
import type { WantedImages } from '../../registry/lists/image-list.js';
import { isIndexType } from '../../registry/media-types.js';
import { type Sh, sh } from '../../sh.js';
import { bareRegistry } from './images-params.js';
import { registryQuestions } from './registry-questions.js';

/** Image by its tag on both sides. */
interface Pair {
  readonly name: string;
  /** Repository at the source. */
  readonly repository: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Lists the images where each is a tag on both sides, so that the host itself can compare by two HEAD requests.
 * Each is there once. Undefined where two would have one name, or there are patterns, digests, platforms, labels to look
 * up or tags that never move among them.
 */
export function tagPairs(list: readonly WantedImages[]): readonly Pair[] | undefined {
  const pairs = new Map<string, Pair>();
  for (const { repository, target, tags, patterns, platforms, source, immutable } of list) {
    if (immutable !== undefined || tags.some(({ tagFromLabel }) => tagFromLabel !== undefined)) return undefined;
    if (typeof repository !== 'string' || patterns !== undefined || platforms !== undefined || source !== undefined)
      return undefined;
    for (const { tag, digest, targetTag = tag } of tags) {
      if (tag === undefined || targetTag === undefined || digest !== undefined) return undefined;
      const name = `${target}:${targetTag}`;
      const pair = {
        name,
        repository,
        from: `/v2/${repository}/manifests/${tag}`,
        to: `/v2/${target}/manifests/${targetTag}`,
      };
      const other = pairs.get(name);
      if (other !== undefined && other.from !== pair.from) return undefined; // The controller says which two.
      pairs.set(name, pair);
    }
  }
  return [...pairs.values()];
}

/**
 * Returns the part of a probe that sends a HEAD for each tag to both registries, in the request that reads everything
 * else. A run in which nothing has changed then needs no other request.
 * @param isAll whether the source is also asked for what is attached to the images: a listing of each repository, and the
 * referrers of each image where it has them
 */
export function askHeads(from: string, to: string, pairs: readonly Pair[], isAll: boolean): Sh {
  return sh`if command -v curl >/dev/null 2>&1; then
${registryQuestions}
base() { case $2 in *://*) echo "$2" ;; *) known=$(look "$1"); echo "\${known%% *}" ;; esac; }
ups() { for path in ${pairs.map((pair) => pair.from)}; do echo "$path"; done; }
owns() { for path in ${pairs.map((pair) => pair.to)}; do echo "$path"; done; }
up=$(base ${bareRegistry(from)} ${from})
found=$( { ups | heads up "$up" ${bareRegistry(from)} & owns | heads own "$(base ${bareRegistry(to)} ${to})" ${bareRegistry(to)} & wait; } )
printf '%s\n' "$found" | sed 's/^/head /'
${isAll ? askAttached(from, pairs) : sh`:`}
fi`;
}

/** Returns the part that prints `attached tags`, `attached referrers` and `referrers api` where that is so at the source. */
function askAttached(from: string, pairs: readonly Pair[]): Sh {
  const host = bareRegistry(from);
  const repositories = pairs.map(({ repository }) => repository);
  return sh`for repository in ${[...new Set(repositories)]}; do printf 'url = "%s/v2/%s/tags/list?n=1000"\n' "$up" "$repository"; done |
  fetch ${host} -i -w '\nend %{http_code}\n' -K - | tr -d '\r' | grep -E '"sha(256|512)-[0-9a-f]|^[Ll]ink:|^end ([013-9]|20[1-9])' >/dev/null && echo 'attached tags'
dollar='$'
set -- ${repositories}
referrers() {
  printf '%s\n' "$found" | while read -r n side status digest type; do
    [ "$side $status" = 'up 200' ] || continue
    eval "repository=$dollar{$((n + 1))}"
    printf 'url = "%s/v2/%s/referrers/%s"\n' "$up" "$repository" "$digest"
  done
}
first=$(referrers "$@" | sed -n '1p')
[ "$(printf '%s\n' "$first" | fetch ${host} -o /dev/null -w '%{http_code}' -K -)" != 200 ] || {
  echo 'referrers api'
  referrers "$@" | fetch ${host} -w '\nend %{http_code}\n' -K - | grep -E '"digest"|^end [013-9]' >/dev/null && echo 'attached referrers'
}
:`;
}

/**
 * Returns the digests by image where all of them are the same on both sides, and nothing is attached to any; undefined
 * when any differs, or may differ.
 */
export function sameOnBothSides(stdout: string, pairs: readonly Pair[]): ReadonlyMap<string, string> | undefined {
  if (/^attached /m.test(stdout)) return undefined;
  const hasApi = /^referrers api$/m.test(stdout);
  const answers = new Map<string, string>();
  for (const [, n = '', side = '', digest = '', type = ''] of stdout.matchAll(
    /^head (\d+) (up|own) 200 (sha\d+:[0-9a-f]+) ([^\s;]*)/gm,
  )) {
    if (hasApi && isIndexType(type)) return undefined; // What is attached to its parts is for the controller to see.
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
