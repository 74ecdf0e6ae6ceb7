import type { Plan, Reply } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';

/**
 * Prints a link on the way to a path that another user may have put there. One kind lies in a folder where anybody
 * may write, and is of neither this user nor the folder's owner. The other is of anybody but root, and leads to what
 * is not that user's own. The kernel refuses to follow the first kind, too (protected_symlinks of proc_sys_fs(5)),
 * but not everywhere, and it has no say where a link was resolved beforehand. systemd-tmpfiles does not follow the
 * second.
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

/** Refuses a path that is reached by another user's link. */
export function refuseForeignLink(path: string, link: string): Extract<Plan, { verdict: 'refused' }> {
  return {
    verdict: 'refused',
    message: `${path} is reached by the link ${link}, which another user made and could point anywhere`,
    hint: 'remove the link, or give the path that it leads to',
  };
}
