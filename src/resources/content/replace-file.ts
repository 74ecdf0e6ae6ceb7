import { joinSh, type Sh, sh } from '../../sh.js';
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
}

/**
 * Writes a file so that it is there whole or not at all. A temporary file beside it, readable by its owner only, is
 * hashed, given owner, mode and SELinux context, validated, flushed and renamed. A failure leaves the old file and no
 * other.
 */
export function replaceHostFile(replacement: Replacement): Sh {
  const { path, makeFolders, sha256 = '', fill = fromInput(sha256), attributes, validate, backup } = replacement;
  return joinSh([
    sh`(
LC_ALL=C; export LC_ALL; umask 077
path=${path}; dir=\${path%/*}; dir=\${dir:-/}; temp=; kept=; new=yes; [ ! -e "$path" ] || new=`,
    ...(makeFolders === true ? [sh`[ -d "$dir" ] || (umask 022; mkdir -p "$dir") || exit`] : []),
    sh`[ -d "$dir" ] || { echo "the folder $dir does not exist" >&2; exit 1; }
trap '[ -z "$temp" ] || rm -f "$temp"; [ -z "$kept" ] || rm -f "$kept"' EXIT`,
    endedBySignals,
    temporaryBeside,
    sh`clear_beside "$path"
temp=$(beside "$path") || exit`,
    fill,
    attributes,
    sh`if [ -z "$new" ] && command -v chcon >/dev/null 2>&1; then chcon --reference="$path" "$temp" 2>/dev/null; fi`,
    ...(validate === undefined ? [] : [validation(validate)]),
    sh`sync "$temp" 2>/dev/null || sync`,
    ...(backup ? [keepOld] : []),
    sh`old=$kept; kept=
mv -f "$temp" "$path" || { [ -z "$old" ] || rm -f "$old"; exit 1; }
temp=
if [ -n "$new" ] && command -v restorecon >/dev/null 2>&1; then restorecon "$path" 2>/dev/null; fi
exit 0
)`,
  ]);
}

function fromInput(sha256: string): Sh {
  return sh`cat >"$temp" || exit
sum=$(sha256sum <"$temp") || exit
[ "\${sum%% *}" = ${sha256} ] || { echo "only part of the content for $path arrived; nothing was changed" >&2; exit 1; }`;
}

function validation(command: string): Sh {
  const script = command.replaceAll(/'%s'|"%s"|%s/g, '"$1"');
  return sh`printed=$(sh -c ${script} validate "$temp" 2>&1 </dev/null) || {
  printf '%s\n' "$printed" >&2; echo "not installed: the new $path is refused by" ${command} >&2; exit 1; }`;
}

/**
 * Script that keeps the file at `$path` under a dated name, and sets `$kept` to that. A hard link costs no space and
 * never overwrites; where there are no hard links, the file is copied.
 */
export const keepOld = sh`if [ -e "$path" ]; then
  stamp=$(date -u +%Y-%m-%dT%H%M%SZ); n=; old=$path.$stamp.bak
  while [ -e "$old" ] || [ -L "$old" ]; do n=$((n + 1)); old=$path.$stamp.$n.bak; done
  ln "$path" "$old" 2>/dev/null || { kept=$old; cp -p "$path" "$old" || exit; }
  kept=$old
fi`;
