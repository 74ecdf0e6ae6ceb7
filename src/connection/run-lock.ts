import { hostname, userInfo } from 'node:os';
import { sh } from '../sh.js';
import { ConnectionError } from './connection.js';
import { endMarks, startMarks } from './frame.js';

/**
 * Takes the run lock in a long-lived sh, which holds it until it ends; a shell that doesn't get it ends, so that nothing
 * sent behind is run. It is an flock on descriptor 9, or where there is no flock a folder with the shell's process id.
 * The text in it names the holder, for whoever comes second. One that has just ended is given a second to let go.
 */
export function lockFrame(token: string): string {
  const holder = `${userInfo().username}@${hostname()}, process ${process.pid}, since ${new Date().toISOString()}`;
  const take = sh`provision_lock() {
  d=/tmp/provision-$(id -u)
  if [ "$(id -u)" = 0 ]; then d=/var/run/provision; [ -d /run ] && d=/run/provision; fi
  (umask 077; mkdir -p "$d")
  if [ -L "$d" ] || ! [ -O "$d" ] || ! ( : >>"$d/lock" ); then echo "cannot write $d/lock"; return 1; fi
  if command -v flock >/dev/null; then
    exec 9>>"$d/lock"
    flock -n 9 || { sleep 1; flock -n 9; } || { cat "$d/lock"; return 2; }
  else
    if read -r p <"$d/lock.d/pid" && ! [ -d "/proc/$p" ]; then rm -rf "$d/lock.d"; fi
    mkdir "$d/lock.d" || { cat "$d/lock"; return 2; }
    echo $$ >"$d/lock.d/pid"
  fi
  printf '%s\n' ${holder} >"$d/lock"
}`.script;
  return `${take}\n${startMarks(token, '>&8')}; provision_lock </dev/null; s=$?; (exit $s); ${endMarks(token, '>&8')}; [ $s = 0 ] || exit 75\n`;
}

/** Why the lock was not to be had. */
export function lockRefusal(said: string): ConnectionError {
  const text = said.trim();
  if (text.startsWith('cannot')) return new ConnectionError('locked', `the run lock cannot be taken: ${text}`);
  return new ConnectionError(
    'locked',
    `another run is at work on this host: ${text === '' ? 'it left no name' : text}`,
    'wait for it to end; the lock goes with its connection',
  );
}
