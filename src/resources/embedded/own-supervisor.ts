import { type Sh, sh } from '../../sh.js';

/**
 * Shell function `supervised`: whether the supervisor of the registry in `$home` runs; its process id is in `pid` then. A
 * number in a file is believed only where that process is the supervisor of this very folder, and this user's: after a
 * restart of the host the number is another process's, and what is written there by others may be 0 or -1, which kill
 * takes for all of them.
 */
export const ownSupervisor: Sh = sh`supervised() {
  pid=
  [ -f "$home/pid" ] && ! [ -L "$home/pid" ] && [ -O "$home/pid" ] || return 1
  read -r pid <"$home/pid" || :
  case $pid in '' | 0* | *[!0-9]* | ???????????*) return 1 ;; esac
  [ -O "/proc/$pid" ] || return 1
  { tr '\0' '\n' <"/proc/$pid/cmdline" | {
    read -r program; read -r script; read -r word; read -r file
    case $script in */registry/supervisor/supervise.js) [ "$word" = run ] && [ "$file" = "$home/pid" ] ;; *) false ;; esac
  }; } 2>/dev/null
}`;

/** Ends the supervisor, which ends the registry: asked first, and made to after ten seconds. Needs {@link ownSupervisor}. */
export const endSupervisor: Sh = sh`if supervised; then
  kill "$pid" 2>/dev/null
  i=0; while supervised && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
  if supervised; then kill -9 "$pid"; fi
fi`;
