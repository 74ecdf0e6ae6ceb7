import { hostname, userInfo } from 'node:os';
import { joinSh, type Sh, sh } from '../../sh.js';
import { type Claim, ConnectionError } from '../connection.js';
import { below } from './end-processes.js';
import { endMarks, startMarks } from './frame.js';

/** Puts the folder that a user's runs keep their lock and journal in into `provision_folder`; it fails where there is none to be trusted. */
export const runFolder: Sh = sh`provision_folder() {
  d=/tmp/provision-$(id -u)
  if [ "$(id -u)" = 0 ]; then d=/var/run/provision; [ -d /run ] && d=/run/provision; fi
  [ -d "$d" ] || (umask 077; mkdir -p "$d")
  [ -d "$d" ] && ! [ -L "$d" ] && [ -O "$d" ]
}`;

/** Seconds that an earlier connection's shell has for its end when it was told to. */
const ending = 15;

/**
 * Takes the run lock in a long-lived sh, which holds it until it ends; a shell that doesn't get it ends, so that nothing
 * sent behind is run. It is an flock on descriptor 9, or where there is no flock a link to the shell's process id.
 * The text in it names the holder, for whoever comes second; its second line the claim and the shell. One that has just
 * ended, or was killed, is given the seconds in which the host ends what it left running.
 */
export function lockFrame(token: string, claim: Claim): string {
  const holder = `${us()} since ${new Date().toISOString()}`;
  const isKnown = claim.patience !== undefined && claim.isNew !== true;
  const take = joinSh([
    runFolder,
    ...(claim.patience === undefined ? waitForEnded : retake(claim.patience)),
    sh`provision_take() {
  if command -v flock >/dev/null; then
    flock -n 9
  else
    p=$(readlink "$d/lock.d")
    if [ -n "$p" ] && ! [ -d "/proc/$p" ]; then rm -f "$d/lock.d"; fi
    ln -s $$ "$d/lock.d"
  fi
}
provision_lock() {
  provision_folder || { echo "cannot use $d, which must be a folder of $(id -un) and no link"; return 1; }
  ( : >>"$d/lock" ) || { echo "cannot write $d/lock"; return 1; }
  exec 9>>"$d/lock"
  provision_take || provision_retry ${claim.name} || { head -n 1 "$d/lock"; return 2; }
  printf '%s\n%s %s\n' ${holder} ${claim.name} $$ >"$d/lock"
  ${isKnown ? sh`:` : sh`echo run ${claim.name} >>"$d/journal"`}
}`,
  ]).script;
  return `${take}\n${startMarks(token, '>&8')}; provision_lock </dev/null; s=$?; (exit $s); ${endMarks(token, '>&8')}; [ $s = 0 ] || exit 75\n`;
}

/**
 * Waits for what a run that was killed left running. A holder whose connection stands is not waited for: beside its shell
 * lives a dd that reads from it (end-processes.ts).
 */
const waitForEnded: readonly Sh[] = [
  below,
  sh`provision_heard() {
  { read -r h; read -r c p; } <"$d/lock"
  { read -r h h h p h </proc/$p/stat && read -r h h h p h </proc/$p/stat; } 2>/dev/null || return 1
  below "$p"
  for x in $found; do
    { read -r n <"/proc/$x/comm" && [ "$n" = dd ] && read -r h h h q h <"/proc/$x/stat" && read -r h h h q h <"/proc/$q/stat"; } 2>/dev/null &&
      [ "$q" = "$p" ] && return 0
  done
  return 1
}
provision_retry() {
  for i in 1 2 3 4 5 6; do
    sleep 1
    provision_take && return 0
    provision_heard && return 1
  done
  return 1
}`,
];

/**
 * The claim's own earlier shell may still have the lock, as its host can't know yet that the link is gone. It is ended as
 * soon as it is idle, or when what it runs has had its time; somebody else's is left alone.
 */
function retake(patience: number): readonly Sh[] {
  return [
    below,
    sh`provision_retry() {
  i=0
  while [ $i -lt ${Math.ceil(patience) + ending} ]; do
    sleep 1
    provision_take && return 0
    { read -r h; read -r c p; } <"$d/lock"
    [ "$c" = "$1" ] && [ "$p" -gt 1 ] || { [ $i -gt 2 ] && return 1; i=$((i+1)); continue; }
    below "$p"; set -- "$1" $found
    if [ $# -le 2 ]; then kill "$p"
    elif [ $i -gt ${Math.ceil(patience)} ]; then shift; kill -KILL "$@"; set -- "$c"
    fi
    i=$((i+1))
  done
  return 1
}`,
  ];
}

/** Why the lock was not to be had. */
export function lockRefusal(said: string): ConnectionError {
  const text = said.trim();
  if (text.startsWith('cannot')) {
    const hint = 'see who owns it on the host, and remove what another user has put there';
    return new ConnectionError('locked', `the run lock cannot be taken: ${text}`, hint);
  }
  return new ConnectionError(
    'locked',
    `another run is at work on this host: ${text === '' ? 'it left no name' : text}`,
    text.startsWith(us())
      ? 'that is this very program, which works on the machine by another name: give it one name in the inventory'
      : 'wait for it to end; the lock goes with its connection',
  );
}

/** This process, as the lock names it. */
function us(): string {
  return `${userInfo().username}@${hostname()}, process ${process.pid},`;
}
