import { acceptManifests } from '../../registry/media-types.js';
import { type Sh, sh } from '../../sh.js';
import { insecureRegistries, isInsecure } from './insecure-registries.js';
import { ownNames } from './own-names.js';

/**
 * Shell functions that query registries from the host, with the trust of docker (or podman, where there is no
 * docker). Plain http and unverified certificates are for its insecure registries and loopback only. Otherwise the
 * system's authorities count, or the one under certs.d. What is the host's own is asked without proxies. `look REGISTRY` prints how it is reached and what it answers;
 * `fetch REGISTRY …` is curl for it; `heads` reads paths and prints what is there. Nothing is written. Answers are
 * printed by printf, as dash's echo makes lines of `\n`.
 */
export const registryQuestions: Sh = sh`${insecureRegistries}
${isInsecure}
${ownNames}
fetch() {
  trust=
  if is_insecure "$1"; then trust=-k; else
    for authority in "/etc/docker/certs.d/$1/ca.crt" "/etc/containers/certs.d/$1/ca.crt"; do
      [ -n "$trust" ] || [ ! -f "$authority" ] || trust="--cacert $authority"
    done
  fi
  if is_own "$1"; then shift; set -- --noproxy '*' "$@"; else shift; fi
  curl -s -g $trust --connect-timeout 10 --max-time 300 -H ${`Accept: ${acceptManifests}`} "$@"
}
answer() { fetch "$1" -o /dev/null -w '%{http_code}' "$2/v2/"; }
look() {
  code= host=$1
  [ "$1" != docker.io ] || host=registry-1.docker.io
  ! is_insecure "$1" || code=$(answer "$1" "http://$1")
  case $code in
    '' | 000 | 400)
      code=$(answer "$1" "https://$host") && why= || why=$(fetch "$1" -S -o /dev/null "https://$host/v2/" 2>&1 | head -n 1)
      printf 'https://%s %s %s\n' "$host" "$code" "$why" ;;
    *) echo "http://$1 $code " ;;
  esac
}
heads() {
  while read -r path; do printf 'url = "%s%s"\n' "$2" "$path"; done | fetch "$3" -I -w '\nend %{http_code}\n' -K - | tr -d '\r' | {
    n=0 digest=- type=-
    while read -r key value rest; do
      case $key in
        [Dd]ocker-[Cc]ontent-[Dd]igest:) digest=$value ;;
        [Cc]ontent-[Tt]ype:) type=$value ;;
        end) printf '%s %s %s %s %s\n' "$n" "$1" "$value" "$digest" "$type"; n=$((n + 1)) digest=- type=- ;;
      esac
    done
  }
}`;
