import { Sh, sh } from '../../sh.js';

/**
 * Shell function that puts a process and all that live below it into `found`, read from /proc by the shell itself. Where
 * `group` is set, those of that process group that began after process `first`, which began at `since`, count as well:
 * what was put into the background and has lost its parent. Within one tick of the clock (10 ms), in which a shell and
 * what it runs may both have begun, the process ids tell which was first. On one line and without an exclamation mark,
 * so that any login shell hands it on unharmed.
 */
export const below: Sh = new Sh(
  sh`below() { found=" $1 "; more=1; while [ $more = 1 ]; do more=0; for s in /proc/[0-9]*/stat; do \
{ read -r line <$s; } 2>/dev/null || continue; pid=\${line%% *}; line=\${line##*) }; \
case $line in Z*) continue;; esac; \
case "$found" in *" $pid "*) continue;; esac; set -- $line; \
case "$found" in *" $2 "*) found="$found$pid "; more=1; continue;; esac; \
[ "$3" = "$group" ] || continue; [ "\${20}" -gt "$since" ] || { [ "\${20}" = "$since" ] && [ $pid -gt $first ]; } || continue; \
found="$found$pid "; more=1; done; done; }`.script.replaceAll('\\\n', ''),
);

/**
 * Script that ends a process, all below it, and what it has put into the background: stopped first, so that none can start
 * another meanwhile, asked to end, and after two seconds made to.
 */
export function endProcesses(pid: number): Sh {
  const all = sh`old=none; found=; while [ "$old" != "$found" ]; do old=$found; below ${pid}; kill -STOP $found; done 2>/dev/null`;
  return sh`${below}
group=
{ read -r line </proc/${pid}/stat; } 2>/dev/null && set -- \${line##*) } && group=$3 since=\${20} first=${pid}
${all}
kill -TERM $found; kill -CONT $found
for i in 1 2 3 4 5 6 7 8 9 10; do
  left=; for p in $found; do case $(cat /proc/$p/stat) in *') Z '* | '') ;; *) left="$left $p" ;; esac; done
  [ -n "$left" ] || exit 0
  sleep 0.2 || sleep 1
done
kill -KILL $left
exit 0`;
}

/** Shell function that puts the children of processes into `kids`, with their group and the time when the first began. */
const kids =
  'kids() { of=" $* "; kids=; since=; group=; first=; for s in /proc/[0-9]*/stat; do ' +
  '{ read -r line <$s; } 2>/dev/null || continue; pid=${line%% *}; line=${line##*) }; ' +
  'case $line in Z*) continue;; esac; set -- $line; ' +
  'case $of in *" $2 "*) kids="$kids $pid"; group=$3; ' +
  'case $since in "") ;; *) [ "${20}" -lt "$since" ] || { [ "${20}" = "$since" ] && [ $pid -lt $first ]; } || continue;; esac; ' +
  'since=${20}; first=$pid;; esac; done; }';

/**
 * Script for `sh -c` that runs a long-lived sh on its standard input and watches over it: when the input ends, because
 * the connection was closed or has died with its run, what the shell still runs gets two seconds, and is then ended. So
 * nothing that belongs to a run outlives it, and the run lock goes. dd hands on at once what it reads; busybox's cat does
 * not (1.35: its sendfile from a socket waits for the end, seen on Linux 6.18).
 */
export const watchedShell =
  `${below}; ${kids}; each() { for x in $found; do case $x in $$|$g) ;; *) kill $1 $x;; esac; done; }; ` +
  '{ g=; { read -r g r </proc/self/stat; } 2>/dev/null; echo "$g"; dd bs=65536 2>/dev/null; exec >/dev/null 2>&1; ' +
  // Below the shell here are the two sides of the pipe, below one the idle sh, and below that what it runs.
  'under() { kids $$; kids $kids; kids $kids; }; under; [ -z "$kids" ] || { sleep 2; under; }; below $$; each -TERM; ' +
  'for i in 1 2 3 4; do below $$; set -- $found; [ $# -gt 2 ] || exit 0; sleep 0.5 || sleep 1; done; each -KILL; } | ' +
  '{ read -r g; sh; s=$?; kill $g 2>/dev/null; exit $s; }';

/**
 * Starts, beside a script that has its standard input for itself, a watch that ends the script when the connection has
 * died: when the process that serves it, the first above that is neither a shell nor sudo, is gone for two seconds. All of
 * the shell's process group counts, as the shell itself may have been killed before.
 */
export const startWatch =
  `${below.script}; w=$$; while :; do l=; { read -r l </proc/$w/stat; } 2>/dev/null; l=\${l##*) }; l=\${l#* }; w=\${l%% *}; ` +
  'c=; { read -r c </proc/$w/comm; } 2>/dev/null; case $c in sudo|su|env|sh|bash|dash|ash|busybox) ;; *) break;; esac; done; ' +
  'g=; case $c in "") ;; *) { { read -r l </proc/$$/stat; } 2>/dev/null; set -- ${l##*) }; group=$3 since=${20} first=$$; ' +
  '{ read -r g r </proc/self/stat; } 2>/dev/null; while [ -d /proc/$w ]; do sleep 1; done; sleep 2; ' +
  'below $$; for k in TERM KILL; do for x in $found; do case $x in $g) ;; *) kill -$k $x;; esac; done; sleep 1; done; ' +
  '} >/dev/null 2>&1 </dev/null & g=$!;; esac';

/** Ends the watch; the script's status is kept. */
export const endWatch = 'case $g in "") ;; *) kill $g 2>/dev/null;; esac';
