import { type Sh, sh } from '../../src/index.js';
import type { Image } from './image.js';

/** Media types of what a tag may name: single images and indexes, Docker's and OCI's. */
const accept = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/**
 * Defines what asks registries from the host, with the trust that docker itself has: plain http and unverified
 * certificates only for its insecure registries and loopback; else the system's authorities, or the one under certs.d.
 * `look REGISTRY` prints how it is reached and what it answers; `fetch REGISTRY …` is curl for it. Nothing is written anywhere.
 */
export const questions: Sh = sh`insecure=$(docker info -f '{{range $name, $index := .RegistryConfig.IndexConfigs}}{{if not $index.Secure}} {{$name}} {{end}}{{end}}' 2>/dev/null)
is_insecure() {
  case $1 in localhost | localhost:* | 127.*) return 0 ;; esac
  case $insecure in *" $1 "*) return 0 ;; *) return 1 ;; esac
}
fetch() {
  authority=/etc/docker/certs.d/$1/ca.crt
  if is_insecure "$1"; then trust=-k; elif [ -f "$authority" ]; then trust="--cacert $authority"; else trust=; fi
  shift; curl -s $trust --connect-timeout 10 --max-time 300 -H ${`Accept: ${accept}`} "$@"
}
answer() { fetch "$1" -o /dev/null -w '%{http_code}' "$2/v2/"; }
look() {
  code=
  ! is_insecure "$1" || code=$(answer "$1" "http://$1")
  case $code in
    '' | 000 | 400)
      code=$(answer "$1" "https://$1") && why= || why=$(fetch "$1" -S -o /dev/null "https://$1/v2/" 2>&1 | head -n 1)
      echo "https://$1 $code $why" ;;
    *) echo "http://$1 $code " ;;
  esac
}`;

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
${questions}
up=$(look ${upstream}) own=$(look ${local})
echo "base up $up"
echo "base own $own"
up=\${up%% *} own=\${own%% *}
heads() {
  while read -r path; do printf 'url = "%s%s"\n' "$2" "$path"; done | fetch "$3" -I -w '\nend %{http_code}\n' -K - | tr -d '\r' | {
    n=0 digest=- type=-
    while read -r key value rest; do
      case $key in
        [Dd]ocker-[Cc]ontent-[Dd]igest:) digest=$value ;;
        [Cc]ontent-[Tt]ype:) type=$value ;;
        end) echo "$n $1 $value $digest $type"; n=$((n + 1)) digest=- type=- ;;
      esac
    done
  }
}
set -- ${paths}
ups() { while [ $# -gt 0 ]; do echo "$1"; shift 2; done; }
owns() { while [ $# -gt 0 ]; do echo "$2"; shift 2; done; }
found=$( { ups "$@" | heads up "$up" ${upstream} & owns "$@" | heads own "$own" ${local} & wait; } | sort -k1,1n -k2,2)
echo "$found"
echo @bodies
dollar='$'
differing() {
  echo "$found" | while read -r n side status digest type; do
    if [ "$side" = own ]; then ours=$digest ourstatus=$status; continue; fi
    [ "$status" = 200 ] && [ "$ourstatus" = 200 ] && [ "$digest" != "$ours" ] || continue
    eval "path=$dollar{$((2 * n + 1))} ownpath=$dollar{$((2 * n + 2))}"
    echo "$type $path $ownpath"
  done
}
bodies() { while read -r url; do printf 'url = "%s"\n' "$url"; done | fetch "$1" -w '\n@body %{http_code} %{url_effective}\n' -K -; }
pairs=$(differing "$@")
[ -n "$pairs" ] || exit 0
echo "$pairs" | while read -r type path ownpath; do echo "$up$path"; done | bodies ${upstream}
echo "$pairs" | while read -r type path ownpath; do echo "$own$ownpath"; done | bodies ${local}
echo "$pairs" | while read -r type path ownpath; do
  case $type in
    *index* | *list*) fetch ${upstream} "$up$path" | grep -o 'sha256:[0-9a-f]*' | sort -u | while read -r child; do echo "$up\${path%/*}/$child"; done | bodies ${upstream} ;;
  esac
done`;
}
