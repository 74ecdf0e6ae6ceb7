import { joinSh, type Sh, sh } from '../../../sh.js';
import { keepOld } from '../../content/replace-file.js';
import { endedBySignals, temporaryBeside } from '../../content/temporary-beside.js';
import { printForeignLink } from '../../path/foreign-link.js';
import { statForm } from './unarchive-state.js';

export interface Unpacking {
  readonly dest: string;
  /** Path of the archive on the host; unless given, it comes on standard input. */
  readonly archive: string | undefined;
  readonly sha256: string;
  readonly zip: boolean;
  readonly strip: number;
  readonly exclude: readonly string[];
  /** For chown: `owner:group`, `owner`, `:group`; empty to leave it. */
  readonly ownership: string;
  /** Replace files that are neither as they were unpacked nor as they are to be. */
  readonly force: boolean;
  readonly backup: boolean;
  readonly folder: string;
  readonly record: string;
  /** First line of the record. */
  readonly key: string;
}

/**
 * Unpacks an archive into a folder of its own, checks all of it there, and only then moves it into place, file by
 * file. A member that would lead out of the place, or is no file, directory or link, is refused by name before
 * anything is in place.
 */
export function unpack(unpacking: Unpacking): Sh {
  const { dest, archive, sha256, zip, ownership } = unpacking;
  return joinSh([
    sh`(
LC_ALL=C; export LC_ALL; umask 022
dest=${dest}; work=; made=; up=$dest
newline='
'
while [ ! -d "$up" ] && [ -n "$up" ]; do made=$up; up=\${up%/*}; done
trap '[ -z "$work" ] || rm -rf "$work"; [ -z "$made" ] || find "$made" -depth -type d -exec rmdir {} \; 2>/dev/null' EXIT`,
    endedBySignals,
    temporaryBeside,
    sh`refuse() { printf '%s\n' "$1: nothing was unpacked" >&2; exit 1; }
mkdir -p "$dest" || exit
for left in "$dest"/.provision-unarchive-*; do [ ! -d "$left" ] || rm -rf "$left"; done
work=$(mktemp -d "$dest/.provision-unarchive-XXXXXX") && tree=$work/tree && (umask 077; mkdir "$tree") || exit`,
    archive === undefined ? sh`archive=$work/archive; cat >"$archive" || exit` : sh`archive=${archive}`,
    sh`sum=$(sha256sum <"$archive") || exit
[ "\${sum%% *}" = ${sha256} ] || refuse 'only part of the archive arrived, or it was changed meanwhile'`,
    zip ? fromZip(unpacking) : fromTar(unpacking),
    looksSafe,
    ...(ownership === '' ? [] : [sh`chown -R -h ${ownership} "$tree" || exit`]),
    compare(unpacking),
    putInPlace(unpacking),
    sh`)`,
  ]);
}

/** Script that checks names before tar makes them harmless in its own way, which is to leave parts of them out. */
const namesAreSafe = sh`bad=$(grep -E -e '^/' -e '(^|/)\.\.(/|$)' "$work/names" | head -n 1)
[ -z "$bad" ] || refuse "the archive's member $bad would lead out of $dest"`;

function fromTar({ strip, exclude }: Unpacking): Sh {
  const excluded = exclude.map((pattern) => `--exclude=${pattern}`);
  return sh`tar --version 2>/dev/null | grep -q GNU || refuse 'this needs GNU tar'
tar -P -t ${excluded} -f "$archive" >"$work/names" 2>"$work/errors" || refuse "tar can't read the archive ($(tail -n 1 "$work/errors"))"
${namesAreSafe}
tar -P -t -v --numeric-owner ${excluded} -f "$archive" >"$work/long" || exit
bad=$(cut -c 1 "$work/long" | paste -d ' ' - "$work/names" | grep -v '^[-dlhC] ' | head -n 1)
[ -z "$bad" ] || refuse "the archive's member \${bad#* } is a device, or something else that is no file"
# tar would read escapes in a folder that it is given.
(cd "$tree" && tar -x -p --no-same-owner ${strip === 0 ? [] : [`--strip-components=${strip}`]} ${excluded} -f "$archive") 2>"$work/errors" ||
  refuse "tar can't unpack the archive ($(grep -v 'Removing leading' "$work/errors" | head -n 1))"`;
}

function fromZip({ exclude }: Unpacking): Sh {
  return sh`unzip -Z1 "$archive" >"$work/names" 2>"$work/errors" || refuse "unzip can't read the archive ($(head -n 1 "$work/errors"))"
${namesAreSafe}
unzip -q -o "$archive" -d "$tree" ${exclude.length === 0 ? [] : ['-x', ...exclude]} </dev/null >"$work/errors" 2>&1 ||
  refuse "unzip can't unpack the archive ($(head -n 1 "$work/errors"))"`;
}

/**
 * Script that checks the unpacked folder: no link may lead out of it. A link may go up as far as the folder, and then
 * only down, for a way up after a way down may have gone through another link.
 */
const looksSafe = sh`cd "$tree" || exit
bad=$(find . ! -type f ! -type d ! -type l | head -n 1)
[ -z "$bad" ] || refuse "the archive's member \${bad#./} is a device, or something else that is no file"
bad=$(find . -name "*$newline*" | head -n 1)
[ -z "$bad" ] || refuse "the name of the archive's member $bad holds a line break"
find . -type l | while IFS= read -r link; do
  target=$(readlink "$link"); below=\${link#./}; up=$target
  case $target in /*) printf '%s\n' "$below -> $target"; break ;; esac
  while :; do
    case $up in ../*) up=\${up#../} ;; ..) up= ;; ./*) up=\${up#./}; continue ;; *) break ;; esac
    case $below in */*) below=\${below%/*} ;; *) up=/.. ; break ;; esac
  done
  case /$up/ in */../*) printf '%s\n' "\${link#./} -> $target"; break ;; esac
done >"$work/bad"
[ ! -s "$work/bad" ] || refuse "the archive's link $(head -n 1 "$work/bad") would lead out of $dest"
find . -type f \( -perm -4000 -o -perm -2000 \) -exec chmod ug-s {} +
find . ! -type d | sort >"$work/list"`;

/** Compares the place with the archive. Files that neither an earlier nor this unpacking brings are somebody's work. */
function compare({ folder, force }: Unpacking): Sh {
  return sh`cat ${folder}/* >"$work/before" 2>/dev/null
: >"$work/conflicts"
base=$(readlink -f "$dest")
find . -mindepth 1 -type d | while IFS= read -r p; do
  [ -e "$dest/$p" ] || [ -L "$dest/$p" ] || continue
  foreign=; [ ! -L "$dest/$p" ] || foreign=$(${printForeignLink(sh`$dest/$p`)})
  [ -z "$foreign" ] || { printf '%s\n' "\${p#./} is a link that another user made"; break; }
  [ -d "$dest/$p" ] || { printf '%s\n' "\${p#./} is to be a directory"; break; }
  case $(readlink -f "$dest/$p")/ in "\${base%/}"/*) ;; *) printf '%s\n' "\${p#./} leads out of it, to $(readlink -f "$dest/$p")"; break ;; esac
done >"$work/bad"
[ ! -s "$work/bad" ] || refuse "in $dest, $(cat "$work/bad")"
while IFS= read -r p; do
  [ -e "$dest/$p" ] || [ -L "$dest/$p" ] || continue
  if [ -d "$dest/$p" ] && [ ! -L "$dest/$p" ]; then printf '%s\n' "\${p#./} is a directory" >"$work/bad"; break; fi
  if [ -L "$p" ] || [ -L "$dest/$p" ]; then
    [ ! -L "$p" ] || [ ! -L "$dest/$p" ] || [ "$(readlink "$p")" != "$(readlink "$dest/$p")" ] || continue
  else
    ! cmp -s "$p" "$dest/$p" || continue
  fi
  line=$(cd "$dest" && stat -c ${statForm} "$p")
  grep -q -x -F -e "$line" "$work/before" || printf '%s\n' "$p" >>"$work/conflicts"
done <"$work/list"
[ ! -s "$work/bad" ] || refuse "in $dest, $(cat "$work/bad")"
${
  force
    ? sh`:`
    : sh`[ ! -s "$work/conflicts" ] || refuse "in $dest, $(wc -l <"$work/conflicts" | tr -d ' ') of the files are there and differ ($(head -n 3 "$work/conflicts" | sed 's/^..//' | tr '\n' ' ' | sed 's/ $//')); force: true replaces them"`
}`;
}

function putInPlace({ folder, record, key, backup }: Unpacking): Sh {
  return sh`find . -mindepth 1 | sort | while IFS= read -r p; do
  if [ ! -e "$p" ] && [ ! -L "$p" ]; then continue; fi
  if [ -d "$p" ] && [ ! -L "$p" ] && [ -d "$dest/$p" ]; then continue; fi
  ${backup ? sh`if grep -q -x -F -e "$p" "$work/conflicts"; then path=$dest/$p; kept=; ${keepOld}; fi` : sh`:`}
  # mv would follow a link to a directory.
  if [ -L "$dest/$p" ] && [ -d "$dest/$p" ]; then rm -f "$dest/$p" || exit; fi
  mv -f "$p" "$dest/$p" || exit
done || exit
made=
cd "$dest" || exit
if command -v restorecon >/dev/null 2>&1; then tr '\n' '\0' <"$work/list" | xargs -0 restorecon 2>/dev/null; fi
mkdir -p ${folder} && { printf '%s\n' ${key}; tr '\n' '\0' <"$work/list" | xargs -0 stat -c ${statForm}; } >${`${record}.new`} && mv -f ${`${record}.new`} ${record}`;
}
