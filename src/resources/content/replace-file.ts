import { joinSh, type Sh, sh } from '../../sh.js';
import { mountPoints } from '../path/mount-points.js';
import { takeAccess, takeExtended } from './access-of-old.js';
import { endedBySignals, temporaryBeside } from './temporary-beside.js';

/** Options of replacing a file. Standard input becomes its content, unless `fill` is given. */
export interface Replacement {
  /** Path of the file itself, links followed. */
  readonly path: string;
  /** Creates the folders that lead to it; for staging folders. */
  readonly makeFolders?: boolean;
  /** SHA-256 that standard input must have, so that a link lost half way installs nothing. */
  readonly sha256?: string;
  /** Script that fills the temporary file, `$temp`, and checks it, instead of standard input and its hash. */
  readonly fill?: Sh;
  /** Script that gives the temporary file, `$temp`, its owner and mode. */
  readonly attributes: Sh;
  /** Command that checks it, with `%s` for the file's name. */
  readonly validate?: string | undefined;
  /** Keep the old file, as `path.2026-01-31T235959Z.bak`. */
  readonly backup: boolean;
  /** Writing into the file itself, where no other can take its place. Undefined where no parameter allows it. */
  readonly inPlace?: InPlace;
}

/** Way of writing into a file itself: a crash may leave it cut off. */
export interface InPlace {
  readonly allowed: boolean;
  /** Script that gives the file, `$temp`, owner and mode where they differ. */
  readonly attributes: Sh;
}

/**
 * Writes a file so that it is there whole or not at all. A temporary file beside it, readable by its owner only, is
 * hashed, given owner, mode, ACL, extended attributes and SELinux context, validated, flushed and renamed. A failure
 * leaves the old file and no other.
 */
export function replaceHostFile(replacement: Replacement): Sh {
  const {
    path,
    makeFolders,
    sha256 = '',
    fill = fromInput(sha256),
    attributes,
    validate,
    backup,
    inPlace,
  } = replacement;
  return joinSh([
    sh`(
LC_ALL=C; export LC_ALL; umask 077
path=${path}; dir=\${path%/*}; dir=\${dir:-/}; staged=; kept=; spare=; new=yes; [ ! -e "$path" ] || new=`,
    ...(makeFolders === true ? [sh`[ -d "$dir" ] || (umask 022; mkdir -p "$dir") || exit`] : []),
    sh`[ -d "$dir" ] || { echo "the folder $dir does not exist" >&2; exit 1; }
trap '[ -z "$staged" ] || rm -f "$staged"; [ -z "$kept" ] || rm -f "$kept"; [ -z "$spare" ] || rm -f "$spare"' EXIT`,
    endedBySignals,
    temporaryBeside,
    mountPoints,
    findHindrance,
    inPlace?.allowed === true
      ? sh`[ -n "$hindrance" ] || [ -w "$dir" ] || hindrance="$dir cannot be written to"`
      : sh``,
    sh`in_place=$hindrance`,
    inPlace?.allowed === true
      ? sh``
      : sh`[ -z "$hindrance" ] || refuse "$hindrance" ${inPlace === undefined ? '' : ', or set unsafe_writes: true to write into the file itself'}`,
    sh`if [ -n "$in_place" ]; then staged=$(mktemp) || exit
else clear_beside "$path"; staged=$(beside "$path") || exit; fi
temp=$staged`,
    takeAccess,
    fill,
    sh`if [ -z "$in_place" ]; then :`,
    attributes,
    takeExtended,
    sh`if [ -z "$new" ] && command -v chcon >/dev/null 2>&1; then chcon --reference="$path" "$temp" 2>/dev/null; fi
fi`,
    ...(validate === undefined ? [] : [validation(validate)]),
    ...(inPlace?.allowed === true ? [writeInto(inPlace, backup)] : []),
    sh`sync "$temp" 2>/dev/null || sync`,
    ...(backup ? [keepOld] : []),
    sh`old=$kept; kept=
mv -f "$temp" "$path" || { [ -z "$old" ] || rm -f "$old"; exit 1; }
staged=
if [ -n "$new" ] && command -v restorecon >/dev/null 2>&1; then restorecon "$path" 2>/dev/null; fi
exit 0
)`,
  ]);
}

/**
 * Sets `$hindrance` to the reason why no other file can take the place of `$path`: it is a mount point, or its folder
 * keeps what is in it. A file that can't be changed at all ends the script.
 */
const findHindrance = sh`refuse() { printf '%s\n' "$1: nothing was changed. $remedy$2" >&2; exit 1; }
fixed() { flags=$(lsattr -d "$1" 2>/dev/null); case \${flags%% *} in *i*) echo 'immutable i' ;; *a*) echo 'append-only a' ;; esac; }
hindrance=; remedy=
if [ -z "$new" ]; then
  word=$(fixed "$path")
  [ -z "$word" ] || { remedy="To allow it: chattr -\${word#* } $path"; refuse "$path is \${word% *}" ''; }
  if [ ! -L "$path" ] && mounted_at "$(readlink -f "$path")"; then
    hindrance="$path is a mount point, so no other file can take its place"
    remedy='Change the file that is mounted there, or unmount it'
  fi
fi
if [ -z "$hindrance" ]; then
  word=$(fixed "$dir")
  [ -z "$word" ] || { hindrance="the folder $dir is \${word% *}, so no other file can take the place of $path"; remedy="To allow it: chattr -\${word#* } $dir"; }
fi`;

/** Writes the new content into the file itself, and the old content back where that fails. */
function writeInto({ attributes }: InPlace, backup: boolean): Sh {
  return sh`if [ -n "$in_place" ]; then
${backup ? keepOld : sh`:`}
if [ -z "$new" ]; then spare=$(mktemp) && cat "$path" >"$spare" || exit; fi
umask 022
cat "$staged" >"$path" || { status=$?
  if [ -n "$new" ]; then rm -f "$path"; else cat "$spare" >"$path"; fi
  exit "$status"; }
kept=; temp=$path
sync "$temp" 2>/dev/null || sync
${attributes}
exit 0
fi`;
}

function fromInput(sha256: string): Sh {
  return sh`cat >"$temp" || exit
sum=$(sha256sum <"$temp") || exit
[ "\${sum%% *}" = ${sha256} ] || { echo "only part of the content for $path arrived; nothing was changed" >&2; exit 1; }`;
}

function validation(command: string): Sh {
  const script = command.replaceAll(/'%s'|"%s"|%s/g, '"$1"');
  // A script of several lines would hide what it printed.
  const by = command.includes('\n') ? 'its check' : command;
  return sh`printed=$(sh -c ${script} validate "$temp" 2>&1 </dev/null) || {
  printf '%s\n' "$printed" >&2; echo "not installed: the new $path is refused by" ${by} >&2; exit 1; }`;
}

/**
 * Script that keeps the file at `$path` under a dated name, and sets `$kept` to that. A hard link costs no space and
 * never overwrites; where there are no hard links, or `$in_place` says that the file is written into, it is copied. It needs
 * `temporaryBeside` before it.
 */
export const keepOld = sh`if [ -e "$path" ]; then
  backup_name "$path"
  { [ -z "\${in_place-}" ] && ln "$path" "$old" 2>/dev/null; } || { kept=$old; cp -p "$path" "$old" || exit; }
  kept=$old
fi`;
