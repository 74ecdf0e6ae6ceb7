import { type Sh, sh } from '../../sh.js';

/**
 * Defines the shell function `is_own REGISTRY`, true for the host's own names and addresses: no proxy of the
 * environment stands between a host and itself.
 */
export const ownNames: Sh = sh`is_own() {
  own=\${1%:*}
  case $1 in *]) own=$1 ;; esac
  case $own in localhost | 127.* | '[::1]') return 0 ;; esac
  [ -n "$http_proxy$https_proxy$HTTPS_PROXY$all_proxy$ALL_PROXY" ] || return 1
  case " $(uname -n) $(hostname -f 2>/dev/null) $(hostname -I 2>/dev/null) " in *" $own "*) return 0 ;; *) return 1 ;; esac
}`;
