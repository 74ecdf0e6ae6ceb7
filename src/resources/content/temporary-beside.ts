import { type Sh, sh } from '../../sh.js';

/**
 * Shell functions for a file that takes a path's place once it is whole. `beside PATH` creates an empty file beside
 * it, with the shell's process id in its name, and prints that name. `clear_beside PATH` deletes the files that
 * killed runs have left there. Those of a live process stay: hosts that are staged into one folder have no lock
 * between them.
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
 * Script that makes a shell run its EXIT trap when a signal ends it, which it doesn't by itself. SIGPIPE comes when
 * the controller is gone and there is still output.
 */
export const endedBySignals: Sh = sh`trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 141' PIPE; trap 'exit 143' TERM`;
