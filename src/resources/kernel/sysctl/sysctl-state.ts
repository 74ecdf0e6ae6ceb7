import type { Reply } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { type PathState, parsePath } from '../../path/path-state.js';
import { printedFields, printField } from '../../path/printed-fields.js';
import { probePath } from '../../path/probe-path.js';
import { kernelPath, oneBlank, valueIn } from './sysctl-text.js';

/** State of a setting of the kernel. */
export interface SysctlState {
  readonly file: PathState;
  /** Value in the running kernel; undefined where it has no such setting, or doesn't show it. */
  readonly live: string | undefined;
  /** Files that are read after the file at boot and have the setting, in the order in which they are read. */
  readonly later: readonly { readonly path: string; readonly value: string }[];
}

/**
 * Returns the script that looks at the kernel, at the file, and at those that are read after it. sysctl.d(5) sorts
 * the files of all its folders by their names, and `sysctl --system` reads /etc/sysctl.conf last of all.
 */
export function probeSysctl(name: string, path: string): Sh {
  const key = name.split(/[./]/).at(-1) ?? name;
  return joinSh([
    probePath(path, { root: '', content: true }),
    printField,
    sh`if [ -e ${kernelPath(name)} ]; then cat ${kernelPath(name)} 2>/dev/null | field live; fi
own=${path}; own=\${own##*/}
later() { grep -q -F -e ${key} "$1" 2>/dev/null && { printf %s "$1" | field later-path; field later-text <"$1"; }; }
for f in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf; do
  [ ! -f "$f" ] || printf '%s %s\n' "\${f##*/}" "$f"
done | sort -s -k 1,1 | { passed=; seen=; while read -r n f; do
  [ "$n" != "$seen" ] || continue
  seen=$n
  if [ "$n" = "$own" ]; then passed=yes; continue; fi
  [ -n "$passed" ] || [ "$(printf '%s\n%s\n' "$own" "$n" | sort | head -n 1)" = "$own" ] || continue
  later "$f"
done; }
[ ${path} = /etc/sysctl.conf ] || later /etc/sysctl.conf
end`,
  ]);
}

/**
 * Reads what {@link probeSysctl} printed.
 *
 * @throws Error when the probe did not get to its end
 */
export function parseSysctl(reply: Reply, name: string, path: string): SysctlState {
  const field = printedFields(reply, name);
  const texts = field('later-text');
  const live = field('live')[0];
  return {
    file: parsePath(reply, path),
    live: live === undefined ? undefined : oneBlank(live),
    later: field('later-path').flatMap((found, index) => {
      const value = valueIn(texts[index] ?? '', name);
      return value === undefined ? [] : [{ path: found, value }];
    }),
  };
}
