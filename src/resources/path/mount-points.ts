import { type Sh, sh } from '../../sh.js';

/** Escapes a path as /proc/self/mountinfo has mount points. A `#` stays: the kernel escapes it in sources only. */
export function escapePoint(path: string): string {
  return path.replace(/[ \t\n\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/**
 * Shell functions that look for mount points in /proc/self/mountinfo, which touches nothing that is mounted. The path
 * is to be without links. `mounted_at PATH` succeeds where it is a mount point itself. `mounted_in PATH` prints the
 * first mount point that is the path or lies below it. Both fail with status 2 where the kernel's list can't be read.
 */
export const mountPoints: Sh = sh`as_point() {
  case $1 in *[\\[:space:]]*) printf '%s\n' "$1" | sed -e ':a' -e '$!{' -e N -e ba -e '}' -e 's/\\/\\134/g' -e 's/ /\\040/g' -e "s/$(printf '\t')/\\\\011/g" -e 's/\n/\\012/g' ;;
  *) printf '%s\n' "$1" ;; esac
}
mounted_at() {
  wanted=$(as_point "$1")
  while read -r _ _ _ _ point _; do [ "$point" != "$wanted" ] || return 0; done </proc/self/mountinfo || return 2
  return 1
}
mounted_in() {
  wanted=$(as_point "\${1%/}")
  while read -r _ _ _ _ point _; do
    case $point/ in "$wanted"/*) printf '%b\n' "$point"; return 0 ;; esac
  done </proc/self/mountinfo || return 2
}`;
