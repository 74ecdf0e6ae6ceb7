import { Sh, sh } from '../../sh.js';

/**
 * Shell function that puts a process and all below it into `found`. The shell itself reads them from /proc, each once: dash
 * reads byte by byte, and a host that is ended upon is often a busy one. Where `group` is set, later processes of that
 * process group count as well: those in the background have lost their parent. Later means after process `first`, which
 * started at `since`. A shell and its child may start within one tick of the clock (10 ms): process ids tell which was
 * first. It is one line without an exclamation mark, safe in any login shell.
 */
export const belowFunction: Sh = new Sh(
  sh`below() { found=" $1 "; parents=; for s in /proc/[0-9]*/stat; do \
{ read -r line <$s; } 2>/dev/null || continue; pid=\${line%% *}; line=\${line##*) }; \
case $line in Z*) continue;; esac; set -- $line; parents="$parents $pid $2"; \
[ "$3" = "$group" ] || continue; [ "\${20}" -gt "$since" ] || { [ "\${20}" = "$since" ] && [ $pid -gt $first ]; } || continue; \
case "$found" in *" $pid "*) ;; *) found="$found$pid ";; esac; done; \
more=1; while [ $more = 1 ]; do more=0; pid=; for s in $parents; do case $pid in '') pid=$s; continue;; esac; \
case "$found" in *" $pid "*) ;; *" $s "*) found="$found$pid "; more=1;; esac; pid=; done; done; }`.script.replaceAll(
    '\\\n',
    '',
  ),
);

/**
 * Returns a script that ends a process, all below it, and all that it has put into the background. They are stopped first,
 * so that none can start another, then asked to end, and killed after two seconds. The script itself can't be asked to end:
 * cut off in between it would leave them stopped for good.
 */
export function endProcesses(pid: number): Sh {
  const all = sh`old=none; found=; while [ "$old" != "$found" ]; do old=$found; below ${pid}; kill -STOP $found; done 2>/dev/null`;
  return sh`trap '' HUP INT TERM
${belowFunction}
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

/** Shell function that puts the children of processes into `kids`, with their group and the start of the first. */
const kids =
  'kids() { of=" $* "; kids=; since=; group=; first=; for s in /proc/[0-9]*/stat; do ' +
  '{ read -r line <$s; } 2>/dev/null || continue; pid=${line%% *}; line=${line##*) }; ' +
  'case $line in Z*) continue;; esac; set -- $line; ' +
  'case $of in *" $2 "*) kids="$kids $pid"; group=$3; ' +
  'case $since in "") ;; *) [ "${20}" -lt "$since" ] || { [ "${20}" = "$since" ] && [ $pid -lt $first ]; } || continue;; esac; ' +
  'since=${20}; first=$pid;; esac; done; }';

/**
 * Script for `sh -c` that runs a long-lived sh on its standard input and watches it. The input ends when the connection
 * is closed or dies with its run. Whatever the shell still runs gets two seconds, and is then ended. So nothing of a run
 * outlives it, and the run lock is released. It reads with dd, which passes on its input at once. The sendfile of
 * busybox's cat waits for the end of a socket (1.35, seen on Linux 6.18).
 */
export const watchedShell =
  `${belowFunction}; ${kids}; each() { for x in $found; do case $x in $$|$g) ;; *) kill $1 $x;; esac; done; }; ` +
  '{ g=; { read -r g r </proc/self/stat; } 2>/dev/null; echo "$g"; dd bs=65536 2>/dev/null; exec >/dev/null 2>&1; ' +
  // Below the shell here are the two sides of the pipe, below one the idle sh, and below that what it runs. Once that is
  // being ended, the end of the sh must not end the watch: the rest of it would go on.
  'under() { kids $$; kids $kids; kids $kids; }; under; [ -z "$kids" ] || { sleep 2; trap "" TERM; under; }; below $$; each -TERM; ' +
  'for i in 1 2 3 4; do below $$; set -- $found; [ $# -gt 2 ] || exit 0; sleep 0.5 || sleep 1; done; each -KILL; } | ' +
  '{ read -r g; sh; s=$?; kill $g 2>/dev/null; exit $s; }';

/**
 * Script that starts a watch beside a script that reads its own standard input. The watch ends the script when the
 * connection has died: its serving process is gone for two seconds. That is the first above that is neither a shell nor
 * sudo. All of the shell's process group counts, as the shell itself may have been killed before.
 */
export const startWatch =
  `${belowFunction.script}; w=$$; while :; do l=; { read -r l </proc/$w/stat; } 2>/dev/null; l=\${l##*) }; l=\${l#* }; w=\${l%% *}; ` +
  'c=; { read -r c </proc/$w/comm; } 2>/dev/null; case $c in sudo|su|env|sh|bash|dash|ash|busybox) ;; *) break;; esac; done; ' +
  'g=; case $c in "") ;; *) { { read -r l </proc/$$/stat; } 2>/dev/null; set -- ${l##*) }; group=$3 since=${20} first=$$; ' +
  '{ read -r g r </proc/self/stat; } 2>/dev/null; while [ -d /proc/$w ]; do sleep 1; done; sleep 2; trap "" TERM; ' +
  'below $$; for k in TERM KILL; do for x in $found; do case $x in $g) ;; *) kill -$k $x;; esac; done; sleep 1; done; ' +
  '} >/dev/null 2>&1 </dev/null & g=$!;; esac';

/** Script that ends the watch, and keeps the exit status. */
export const endWatch = 'case $g in "") ;; *) kill $g 2>/dev/null;; esac';
