import { sh } from '../sh.js';

/**
 * Takes the run lock in a long-lived sh, where it lives as long as the shell does: an flock on descriptor 9, or where
 * there is no flock a folder with the shell's id. Prints who holds it when it is taken, and ends with 75 (EX_TEMPFAIL).
 *
 * Runs in the shell itself, not in a subshell: it sets variables of its own only, and never fails a special builtin.
 */
export function lockScript(holder: string) {
  return sh`provision_lock() {
  d=/run/provision
  [ "$(id -u)" = 0 ] && [ -w /run ] || d=/tmp/provision-$(id -u)
  (umask 077; mkdir -p "$d") 2>/dev/null
  if ! (: >>"$d/lock") 2>/dev/null; then echo "cannot write $d/lock"; return 73; fi
  if command -v flock >/dev/null 2>&1; then
    exec 9>>"$d/lock"
    flock -n 9 || { cat "$d/holder" 2>/dev/null; return 75; }
  elif mkdir "$d/lock.d" 2>/dev/null; then :
  elif read -r p 2>/dev/null <"$d/lock.d/pid" && kill -0 "$p" 2>/dev/null; then cat "$d/holder" 2>/dev/null; return 75
  fi
  [ -d "$d/lock.d" ] && printf '%s\n' $$ >"$d/lock.d/pid"
  printf '%s\n' ${holder} >"$d/holder"
}
provision_lock </dev/null`;
}
