import { registryQuestions, type Sh, sh } from '../../src/index.js';
import type { Image } from './image.js';

/**
 * The script that measures both sides: a HEAD for every tag, both registries beside each other; then, for tags that are
 * on both sides with other digests, the manifests (and those that an index names), so that images which docker only
 * packed anew are known to be the same.
 */
export function askRegistries(upstream: string, local: string, images: readonly Image[]): Sh {
  const paths = images.flatMap(({ name, tag, target }) => [
    `/v2/${name}/manifests/${tag}`,
    `/v2/${target}/manifests/${tag}`,
  ]);
  return sh`command -v curl >/dev/null 2>&1 || { echo no-curl; exit 0; }
${registryQuestions}
up=$(look ${upstream}) own=$(look ${local})
printf 'base up %s\nbase own %s\n' "$up" "$own"
up=\${up%% *} own=\${own%% *}
set -- ${paths}
ups() { while [ $# -gt 0 ]; do echo "$1"; shift 2; done; }
owns() { while [ $# -gt 0 ]; do echo "$2"; shift 2; done; }
found=$( { ups "$@" | heads up "$up" ${upstream} & owns "$@" | heads own "$own" ${local} & wait; } | sort -k1,1n -k2,2)
printf '%s\n' "$found"
echo @bodies
dollar='$'
differing() {
  printf '%s\n' "$found" | while read -r n side status digest type; do
    case $n in '' | *[!0-9]*) continue ;; esac
    if [ "$side" = own ]; then ours=$digest ourstatus=$status; continue; fi
    [ "$status" = 200 ] && [ "$ourstatus" = 200 ] && [ "$digest" != "$ours" ] || continue
    eval "path=$dollar{$((2 * n + 1))} ownpath=$dollar{$((2 * n + 2))}"
    printf '%s %s %s\n' "$type" "$path" "$ownpath"
  done
}
bodies() { while read -r url; do printf 'url = "%s"\n' "$url"; done | fetch "$1" -w '\n@body %{http_code} %{url_effective}\n' -K -; }
pairs=$(differing "$@")
[ -n "$pairs" ] || exit 0
printf '%s\n' "$pairs" | while read -r type path ownpath; do echo "$up$path"; done | bodies ${upstream}
printf '%s\n' "$pairs" | while read -r type path ownpath; do echo "$own$ownpath"; done | bodies ${local}
printf '%s\n' "$pairs" | while read -r type path ownpath; do
  case $type in
    *index* | *list*) fetch ${upstream} "$up$path" | grep -o 'sha256:[0-9a-f]*' | sort -u | while read -r child; do echo "$up\${path%/*}/$child"; done | bodies ${upstream} ;;
  esac
done`;
}
