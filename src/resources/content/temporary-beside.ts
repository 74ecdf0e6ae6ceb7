import { type Sh, sh } from '../../sh.js';

/**
 * Shell functions for what takes a path's place once it is whole. `beside PATH` makes an empty file beside it, with the
 * shell's process id in its name, and prints that. `clear_beside PATH` takes away what runs that were killed have left
 * there. Another's that lives is left alone: hosts that are staged into one folder have no lock between them.
 */
export const temporaryBeside: Sh = sh`beside() { mktemp "\${1%/*}/.\${1##*/}.provision-$$-XXXXXX"; }
clear_beside() {
  for left in "\${1%/*}/.\${1##*/}.provision-"*-*; do
    if [ -f "$left" ] || [ -L "$left" ]; then :; else continue; fi
    owner=\${left##*.provision-}
    owner=\${owner%%-*}
    if [ "$owner" = $$ ] || ! [ -d "/proc/$owner" ]; then rm -f "$left"; fi
  done
}`;

/**
 * A shell that dies of a signal leaves its trap of EXIT undone unless it catches the signal. SIGPIPE is the one that comes
 * when the controller is gone and there is still something to say.
 */
export const endedBySignals: Sh = sh`trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 141' PIPE; trap 'exit 143' TERM`;
