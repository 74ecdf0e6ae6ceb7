import { type Sh, sh } from '../../sh.js';

/** Names of users and groups that every system takes. */
export const accountName = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/;

/** Prints the entry of an account as `WORD name:x:…`, from the host's account databases, else from the file alone. */
export function printEntry(word: 'user' | 'group', name: string): Sh {
  const [database, file] = word === 'user' ? ['passwd', '/etc/passwd'] : ['group', '/etc/group'];
  return sh`if command -v getent >/dev/null 2>&1; then entry=$(getent ${database} ${name})
else entry=; while IFS= read -r l; do case $l in ${name}:*) entry=$l ;; esac; done <${file}; fi
[ -z "$entry" ] || printf '%s %s\n' ${word} "$entry"`;
}
