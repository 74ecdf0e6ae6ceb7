import { type Sh, sh } from '../../sh.js';

/**
 * Shell function `supervised`, which tells whether the supervisor of the registry in `$home` runs; `pid` is its
 * process id then. It is found among this user's processes by its command line. A number from a file isn't trusted:
 * after a restart of the host it is another process's, and 0 or -1 would kill all processes. `read` leaves out the
 * NUL bytes between the words.
 */
export const ownSupervisor: Sh = sh`supervised() {
  [ -d "$home/program" ] || return 1
  for pid in /proc/[0-9]*; do
    [ -O "$pid" ] || continue
    words=; { read -r words <"$pid/cmdline"; } 2>/dev/null
    pid=\${pid#/proc/}
    case $words in *"/registry/supervisor/supervise.jsrun$home/pid$home/log"*) return 0 ;; esac
  done
  return 1
}`;

/**
 * Script that ends the supervisor, which ends the registry: by SIGTERM, after ten seconds by SIGKILL. Needs {@link
 * ownSupervisor}.
 */
export const endSupervisor: Sh = sh`if supervised; then
  kill "$pid" 2>/dev/null
  i=0; while [ -d "/proc/$pid" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
  if supervised; then kill -9 "$pid"; fi
fi`;
