import { joinSh, type Sh, sh } from '../../sh.js';
import { printForeignLink } from './foreign-link.js';
import { escapePoint } from './mount-points.js';

/** Size in bytes above which content is not shown as a difference. */
const shownUpTo = 256 * 1024;
/** Size in bytes above which content is not edited. */
export const editedUpTo = 4 * 1024 * 1024;

/** Optional facts that a path probe collects. */
export interface PathQuestions {
  /** Staging folder that links must not lead out of; empty for none. */
  readonly root: string;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Content to compare with; a file that differs is printed where it is small, for the difference. */
  readonly wanted?:
    | {
        readonly size: number;
        readonly sha256: string;
        readonly secret: boolean;
        /** Provision has written it before: its digest tells whether it was edited since. */
        readonly isRecorded?: boolean | undefined;
      }
    | undefined;
  /** Print the content, whatever it is, for resources that edit. */
  readonly content?: boolean;
  /**
   * With `content`: ask the package manager for the file's origin if this line isn't in it, as another may have to
   * go.
   */
  readonly unlessLine?: string | undefined;
}

/**
 * Returns the script that looks at a path. It prints one `name value` a line, bytes in base64, and reads no more of a
 * file than the questions need.
 */
export function probePath(path: string, questions: PathQuestions): Sh {
  const { root, owner, group, wanted, content, unlessLine } = questions;
  return joinSh([
    sh`LC_ALL=C; export LC_ALL; p=${path}; r=$p`,
    followLink,
    printForeignLink(sh`$p`),
    ...(root === '' ? [] : [stayBelow(root)]),
    sh`if [ -e "$r" ]; then
  t=$(stat -L -c '%s|%a|%u|%g|%F|%U|%G|%d' "$r" "\${r%/*}/.") || exit; f=\${t##*|}; t=\${t%%
*}; printf 'stat %s\n' "$t"; s=\${t%%|*}; h=
  if [ -f "$r" ]; then
    [ "\${t##*|}" = "$f" ] || while read -r _ _ _ _ f _; do case $f in "$r" | ${escapePoint(path)}) echo 'mount-point yes' ;; esac; done </proc/self/mountinfo
    if [ ! -r "$r" ]; then echo 'unreadable yes'
    else :
${wanted === undefined ? sh`` : compare(wanted, root === '')}
${content === true ? printContent(root === '' ? unlessLine : undefined) : sh``}
    fi
  fi
else
  d=\${r%/*}; d=\${d:-/}
  if [ ! -d "$d" ]; then echo 'parent missing'; elif [ ! -x "$d" ]; then echo 'parent denied'; fi
fi`,
    ...(owner === undefined ? [] : [numberOfUser(owner)]),
    ...(group === undefined ? [] : [numberOfGroup(group)]),
    ...(owner === undefined && group === undefined ? [] : [effectiveUser]),
    sh`echo 'end yes'`,
  ]);
}

const followLink = sh`if [ -L "$p" ]; then
  printf 'link %s\n' "$(readlink "$p" | base64 | tr -d '\n')"
  r=$(readlink -f "$p") || r=$p
  printf 'real %s\n' "$(printf %s "$r" | base64 | tr -d '\n')"
fi`;

function stayBelow(root: string): Sh {
  return sh`if [ -d ${root} ]; then
  b=$(readlink -f ${root}); a=$r
  while [ ! -e "$a" ] && [ -n "$a" ]; do a=\${a%/*}; done
  case "$(readlink -f "\${a:-/}")/" in "$b"/*) ;; *) echo 'outside yes' ;; esac
fi`;
}

/** Prints the hash only where the size is right, the content only where the hash is wrong. */
function compare(wanted: NonNullable<PathQuestions['wanted']>, packages: boolean) {
  const show = wanted.secret
    ? sh``
    : sh`[ "$s" -gt ${shownUpTo} ] || { printf 'content '; base64 <"$r" | tr -d '\n'; echo; }`;
  return sh`if [ "$s" = ${wanted.size} ]; then h=$(sha256sum <"$r"); h=\${h%% *}; printf 'sha256 %s\n' "$h"; fi
    if [ "$h" != ${wanted.sha256} ]; then :
${wanted.isRecorded === true ? sh`[ -n "$h" ] || { h=$(sha256sum <"$r"); h=\${h%% *}; printf 'sha256 %s\n' "$h"; }` : sh``}
${show}
${packages ? packagedDigest : sh``}
    fi`;
}

function printContent(unlessLine: string | undefined): Sh {
  const print = sh`[ "$s" -gt ${editedUpTo} ] || { printf 'content '; base64 <"$r" | tr -d '\n'; echo; }`;
  if (unlessLine === undefined) return print;
  // The package manager takes its time over this question.
  return sh`${print}
case "
$(cat "$r")
" in *"
"${unlessLine}"
"*) ;; *)
${packagedDigest}
;; esac`;
}

/**
 * Script that prints the digest that the package manager has of a configuration file (dpkg: MD5 of its conffiles;
 * rpm: SHA-256, before EL6 MD5), and the file's own. dpkg is asked for the conffiles of all packages, which takes it a
 * tenth of the time of `dpkg-query -S`: that reads the list of every package's files.
 */
const packagedDigest = sh`if command -v dpkg-query >/dev/null 2>&1; then
  k=$(dpkg-query -W -f '\${Conffiles}\n' 2>/dev/null | grep -F -e " $r ") && {
    printf '%s\n' "$k" | while read -r f d _; do [ "$f" != "$r" ] || printf 'packaged %s\n' "$d"; done
    m=$(md5sum <"$r"); printf 'md5 %s\n' "\${m%% *}"; }
elif command -v rpm >/dev/null 2>&1; then
  k=$(rpm -q -f --qf '[%{FILENAMES} %{FILEDIGESTS}\n]' "$r" 2>/dev/null) && {
    printf '%s\n' "$k" | while read -r f d; do [ "$f" != "$r" ] || printf 'packaged %s\n' "$d"; done
    [ -n "$h" ] || { h=$(sha256sum <"$r"); printf 'sha256 %s\n' "\${h%% *}"; }
    m=$(md5sum <"$r" 2>/dev/null) && printf 'md5 %s\n' "\${m%% *}"; }
fi`;

/**
 * Script that prints the effective user. The shell reads it where it can: another process for each file is a third of
 * the cost.
 */
const effectiveUser = sh`e=; while read -r k _ e _; do [ "$k" != Uid: ] || break; done 2>/dev/null </proc/self/status
printf 'euid %s\n' "\${e:-$(id -u)}"`;

function numberOfUser(owner: string): Sh {
  if (owner === 'root') return sh`echo 'wanted-uid 0'`;
  if (/^\d+$/.test(owner)) return sh`printf 'wanted-uid %s\n' ${owner}`;
  return sh`printf 'wanted-uid %s\n' "$(id -u ${owner} 2>/dev/null)"`;
}

function numberOfGroup(group: string): Sh {
  if (group === 'root') return sh`echo 'wanted-gid 0'`;
  if (/^\d+$/.test(group)) return sh`printf 'wanted-gid %s\n' ${group}`;
  return sh`n=; if command -v getent >/dev/null 2>&1; then n=$(getent group ${group} 2>/dev/null); n=\${n#*:*:}; n=\${n%%:*}
else while IFS=: read -r a _ b _; do [ "$a" != ${group} ] || n=$b; done </etc/group; fi
printf 'wanted-gid %s\n' "$n"`;
}
