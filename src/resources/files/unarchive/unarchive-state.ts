import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Reply } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { foreignLinkIn, printForeignLink } from '../../path/foreign-link.js';
import { printedFields, printField } from '../../path/printed-fields.js';

/** State of an archive that is to be unpacked, and of its last unpacking. */
export interface UnarchiveState {
  readonly dest: 'absent' | 'directory' | 'other';
  /** Link on the way there that another user may have put there, and that is not followed. */
  readonly foreignLink: string | undefined;
  /** The path of `creates` exists. */
  readonly created: boolean;
  /** SHA-256 of an archive on the host; undefined where there is none. */
  readonly archive: string | undefined;
  readonly tools: readonly string[];
  /** Key of the last unpacking of this archive: its digest and options, hashed. */
  readonly key: string | undefined;
  /** Files of it that are no longer there, or have changed; the first of them, and their number. */
  readonly missing: Some;
  readonly changed: Some;
}

export interface Some {
  readonly count: number;
  readonly first: readonly string[];
}

/** Format of stat that recognizes a file without reading it: mode and type, size, time, owner, group. */
export const statForm = '%f %s %Y %u %g %n';

/** Returns the folder of the records of all that was unpacked to a place, and the record of one archive. */
export function recordsOf(dest: string, src: string) {
  const folder = `/var/lib/provision/unarchive/${hash(dest)}`;
  return { folder, record: `${folder}/${hash(basename(src))}` };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

export function probeUnarchive(paths: {
  readonly dest: string;
  readonly record: string;
  readonly creates: string | undefined;
  /** Path of the archive on the host, if it is there. */
  readonly archive: string | undefined;
}): Sh {
  const { dest, record, creates, archive } = paths;
  return joinSh([
    printField,
    sh`LC_ALL=C; export LC_ALL`,
    printForeignLink(dest),
    sh`if [ -d ${dest} ]; then printf directory; elif [ -e ${dest} ] || [ -L ${dest} ]; then printf other; else printf absent; fi | field dest
for t in tar unzip xz; do ! command -v "$t" >/dev/null 2>&1 || printf %s "$t" | field tool; done`,
    ...(creates === undefined ? [] : [sh`if [ -e ${creates} ] || [ -L ${creates} ]; then echo | field created; fi`]),
    ...(archive === undefined
      ? []
      : [sh`if [ -f ${archive} ]; then s=$(sha256sum <${archive}) && printf %s "\${s%% *}" | field archive; fi`]),
    sh`if [ -f ${record} ] && [ -d ${dest} ]; then
  head -n 1 ${record} | field key
  { echo; (cd ${dest} && sed 1d ${record} | cut -d ' ' -f 6- | tr '\n' '\0' | xargs -0 stat -c ${statForm} 2>/dev/null); } |
  awk 'function name(line) { sub(/^[^ ]* [^ ]* [^ ]* [^ ]* [^ ]* /, "", line); return line }
    NR == FNR { now[$0]; seen[name($0)]; next }
    FNR > 1 && !($0 in now) { kind = name($0) in seen ? "changed" : "missing"; if (++n[kind] <= 5) print kind, name($0) }
    END { for (kind in n) print "count-" kind, n[kind] }' - ${record} | field drift
fi
end`,
  ]);
}

/**
 * Reads what {@link probeUnarchive} printed.
 *
 * @throws Error when the probe did not get to its end
 */
export function parseUnarchive(reply: Reply, dest: string): UnarchiveState {
  const field = printedFields(reply, dest);
  const drift = (field('drift')[0] ?? '').split('\n');
  const some = (kind: 'missing' | 'changed'): Some => ({
    count: Number(drift.find((line) => line.startsWith(`count-${kind} `))?.split(' ')[1] ?? 0),
    first: drift
      .filter((line) => line.startsWith(`${kind} `))
      .map((line) => line.slice(kind.length + 1).replace(/^\.\//, '')),
  });
  const found = field('dest')[0];
  return {
    dest: found === 'directory' || found === 'other' ? found : 'absent',
    foreignLink: foreignLinkIn(reply),
    created: field('created').length > 0,
    archive: field('archive')[0],
    tools: field('tool'),
    key: field('key')[0]?.trim(),
    missing: some('missing'),
    changed: some('changed'),
  };
}
