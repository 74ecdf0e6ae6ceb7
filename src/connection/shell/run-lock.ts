import { hostname, userInfo } from 'node:os';
import { joinSh, type Sh, sh } from '../../sh.js';
import { type Claim, ConnectionError, LockedError } from '../connection.js';
import { belowFunction } from './end-processes.js';
import { endMarks, startMarks } from './frame.js';

/** Shell function that puts the folder of a user's run lock and journal into `d`. It fails where none can be trusted. */
export const runFolder: Sh = sh`provision_folder() {
  d=/tmp/provision-$(id -u)
  if [ "$(id -u)" = 0 ]; then d=/var/run/provision; [ -d /run ] && d=/run/provision; fi
  [ -d "$d" ] || (umask 077; mkdir -p "$d")
  [ -d "$d" ] && ! [ -L "$d" ] && [ -O "$d" ]
}`;

/** Seconds in which the shell of an earlier connection must end when it is told to. */
const ending = 15;

/**
 * Returns the input with which a long-lived sh takes the run lock, and holds it until it ends. A shell that doesn't get
 * it ends, so that nothing sent behind it is run. The lock is an flock on descriptor 9, or a link to the shell's process
 * id where there is no flock. Its text names the holder; its second line has the claim and the shell. A run that has just
 * ended, or was killed, gets the seconds in which the host ends what it left running.
 */
export function lockFrame(token: string, claim: Claim): string {
  const holder = `${thisHolder()} since ${new Date().toISOString()}`;
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
  provision_take || provision_retry ${claim.name} || { head -n 2 "$d/lock"; return 2; }
  printf '%s\n%s %s\n' ${holder} ${claim.name} $$ >"$d/lock"
  ${isKnown ? sh`:` : sh`echo run ${claim.name} >>"$d/journal"`}
}`,
  ]).script;
  return `${take}\n${startMarks(token, '>&8')}; provision_lock </dev/null; s=$?; (exit $s); ${endMarks(token, '>&8')}; [ $s = 0 ] || exit 75\n`;
}

/**
 * Scripts that wait for whatever a killed run left running. They don't wait for a holder whose connection stands: a dd
 * beside its shell reads from that (end-processes.ts).
 */
const waitForEnded: readonly Sh[] = [
  belowFunction,
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
 * Returns scripts that take the lock from the claim's own earlier shell: its host can't know yet that the link is gone.
 * That shell is ended as soon as it is idle, or when its script has had its time. Shells of other claims are not touched.
 */
function retake(patience: number): readonly Sh[] {
  return [
    belowFunction,
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

/** Exit status of the lock's script where its folder or file cannot be used, not where the lock is held. */
const unusable = 1;

/** Returns the error of a lock that could not be taken. @param status exit status of the script */
export function lockRefusal(status: number, output: string): ConnectionError {
  const text = output.trim();
  if (status === unusable) {
    const hint = 'see who owns it on the host, and remove what another user has put there';
    return new ConnectionError(
      'locked',
      `the run lock cannot be taken: ${text === '' ? 'its folder cannot be written' : text}`,
      hint,
    );
  }
  const [holder = '', claim = ''] = text.split('\n');
  return new LockedError(
    `another run is at work on this host: ${holder === '' ? 'it left no name' : holder}`,
    'wait for it to end; the lock is released when its connection ends',
    claim.split(' ')[0] || undefined,
  );
}

/** Names this process as the lock does. */
function thisHolder(): string {
  return `${userInfo().username}@${hostname()}, process ${process.pid},`;
}
