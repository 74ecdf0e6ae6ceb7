import { joinSh, type Sh, sh } from '../../sh.js';
import { mountPoints } from './mount-points.js';

/** Returns the script that prints the first mount point at or below folders, as a field `mounted` in base64. */
export function printMounted(folders: readonly string[]): Sh {
  return joinSh([
    mountPoints,
    sh`for folder in ${folders}; do
  [ -d "$folder" ] && [ ! -L "$folder" ] || continue
  m=$(mounted_in "$(readlink -f "$folder")"); [ -z "$m" ] || { printf 'mounted %s\n' "$(printf %s "$m" | base64 | tr -d '\n')"; break; }
done`,
  ]);
}

/** Reads what {@link printMounted} printed. */
export function mountedIn({ stdout }: { readonly stdout: string }): string | undefined {
  const found = /^mounted (.*)$/m.exec(stdout)?.[1];
  return found === undefined ? undefined : Buffer.from(found, 'base64').toString('utf8');
}

/**
 * Returns the script that deletes folders with all that is in them, unless something is mounted in one of them by now.
 * GNU's rm is told to stay on its file system, too.
 */
export function removeTrees(folders: readonly string[]): Sh {
  return joinSh([
    mountPoints,
    sh`for folder in ${folders}; do
  [ -e "$folder" ] || continue
  real=$(readlink -f "$folder") && found=$(mounted_in "$real") || { echo 'what is mounted cannot be read, so nothing was removed' >&2; exit 1; }
  [ -z "$found" ] || { printf '%s\n' "$found is mounted, so nothing was removed" >&2; exit 1; }
done
stay=; case $(rm --help 2>&1) in *--one-file-system*) stay=--one-file-system ;; esac
rm -rf $stay ${folders}`,
  ]);
}
