import type { Plan, Reply } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';

/**
 * Finds a link on the way to a path that another user may have put there, and prints it: one in a folder where anybody may
 * write, of neither this user nor the folder's owner, and one of anybody but root that leads to what is not that user's own.
 * The kernel follows none of the first kind either (protected_symlinks of proc_sys_fs(5)), but not everywhere, and it is not
 * asked where a link was resolved beforehand; systemd-tmpfiles follows none of the second.
 *
 * @param path the path, or a word of the shell in which it is
 */
export function printForeignLink(path: string | Sh): Sh {
  return sh`a=${path}; while [ -n "$a" ]; do d=\${a%/*}; d=\${d:-/}
  if [ -L "$a" ]; then
    u=$(stat -c %u "$a"); f=
    if [ "$u" != "$(id -u)" ]; then
      [ ! -k "$d" ] || [ "$u" = "$(stat -L -c %u "$d")" ] || f=yes
      q=$(readlink -f "$a"); [ -e "$q" ] || { q=\${q%/*}; q=\${q:-/}; }
      [ "$u" = 0 ] || [ "$u" = "$(stat -c %u "$q" 2>/dev/null)" ] || f=yes
    fi
    [ -z "$f" ] || { printf 'foreign-link %s\n' "$(printf %s "$a" | base64 | tr -d '\n')"; break; }
  fi
  a=\${a%/*}
done`;
}

/** Returns the link that {@link printForeignLink} printed, if any. */
export function foreignLinkIn({ stdout }: Pick<Reply, 'stdout'>): string | undefined {
  const [, link] = /^foreign-link (.*)$/m.exec(stdout) ?? [];
  return link === undefined ? undefined : Buffer.from(link, 'base64').toString('utf8');
}

/** Refuses a path that is reached by a link of another user's. */
export function refuseForeignLink(path: string, link: string): Extract<Plan, { verdict: 'refused' }> {
  return {
    verdict: 'refused',
    message: `${path} is reached by the link ${link}, which another user made: where it leads is theirs to say`,
    hint: 'remove the link, or name what it leads to',
  };
}
