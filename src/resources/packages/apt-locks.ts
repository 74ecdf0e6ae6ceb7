import { type Sh, sh } from '../../sh.js';

/**
 * Defines the shell function `wait_for_locks`, which waits while another process holds a lock of apt or dpkg, and prints which,
 * and for how long already. It gives up after so many seconds. apt itself waits for one of the four only, and not
 * before 1.9. The holder of a lock is read from /proc/locks; where that doesn't show it, apt reports it.
 */
export function waitForLocks(seconds: number): Sh {
  return sh`holder_of() {
  inode=$(stat -L -c %i "$1" 2>/dev/null) || return
  while read -r number kind way access pid place range; do
    case $kind:$place in POSIX:*:"$inode") ;; *) continue ;; esac
    [ -d "/proc/$pid" ] && echo "$pid" && return
  done </proc/locks 2>/dev/null
}
wait_for_locks() {
  waited=0
  for lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
    while holder=$(holder_of "$lock") && [ -n "$holder" ]; do
      held="$lock is locked by process $holder ($(tr '\0' ' ' <"/proc/$holder/cmdline" 2>/dev/null | sed 's/ $//'))"
      [ "$waited" -lt ${seconds} ] || { echo "$held, and was not free within ${seconds} s" >&2; return 1; }
      [ $((waited % 5)) != 0 ] || echo "waiting since $waited s: $held"
      waited=$((waited + 1)); sleep 1
    done
  done
}`;
}
