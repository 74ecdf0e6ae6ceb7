import { type Sh, sh } from '../../sh.js';

/**
 * Shell functions for a file that takes a path's place once it is whole. `beside PATH` creates an empty file beside
 * it, with the shell's process id in its name, and prints that name. `clear_beside PATH` deletes the files that
 * killed runs have left there. Those of a live process stay: hosts that are staged into one folder have no lock
 * between them. `backup_name PATH` sets `$old` to a name for what is at the path that nothing has:
 * `PATH.2026-01-31T235959Z.bak`. Names that would be longer than 255 bytes are cut; LC_ALL must be C, as they are counted.
 */
export const temporaryBeside: Sh = sh`short_name() { short=\${1##*/}; while [ \${#short} -gt 220 ]; do short=\${short%?}; done; }
beside() { short_name "$1"; mktemp "\${1%/*}/.$short.provision-$$-XXXXXX"; }
backup_name() {
  short_name "$1"; stamp=$(date -u +%Y-%m-%dT%H%M%SZ); n=
  while old=\${1%/*}/$short.$stamp$n.bak; [ -e "$old" ] || [ -L "$old" ]; do n=.$((\${n#.} + 1)); done
}
clear_beside() {
  short_name "$1"
  for left in "\${1%/*}/.$short.provision-"*-*; do
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
