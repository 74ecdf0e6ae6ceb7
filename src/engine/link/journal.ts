import { runFolder } from '../../connection/shell/run-lock.js';
import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';

/*
 * On the host, beside the run lock: one line for a change before it, one behind it. After a lost link they tell what
 * became of it; a person can read there too what was under way.
 */

/** What the journal tells of a change after the link was lost. */
export type Fate =
  /** It was not begun, and will not be. */
  | { readonly fate: 'not-begun' }
  | { readonly fate: 'finished'; readonly status: number }
  /** It was begun, and came to no end: it runs still, or was ended with the link. */
  | { readonly fate: 'begun'; readonly running: boolean }
  /** There is no journal. */
  | { readonly fate: 'untold' };

/** The exit status of a change that came too late: it had been taken for not begun. */
const tooLate = 75;

/** Goes ahead of a change: notes that it begins, unless whoever lost the link has ruled that out. */
export function startedScript(id: string, name: string): Sh {
  return sh`${runFolder}
provision_journal=/dev/null
{ provision_folder && provision_journal=$d/journal && read -r provision_pid provision_rest </proc/self/stat &&
printf '%s %s %s\n' ${`started ${id}`} "$provision_pid" ${name.replaceAll('\n', ' ')} >>"$provision_journal"; } 2>/dev/null
if grep -qxF ${`ruled-out ${id}`} "$provision_journal" 2>/dev/null; then
  echo ${`dropped ${id}`} >>"$provision_journal"
  exit ${tooLate}
fi`;
}

/** Goes behind a change whose status is in `provision_status`. */
export function finishedScript(id: string): Sh {
  return sh`{ echo ${`finished ${id}`} "$provision_status" >>"$provision_journal"; } 2>/dev/null`;
}

/**
 * Asks what became of a change whose reply was lost, and rules out that it begins from now on: the line that says so and
 * the change's own are written before either side looks for the other's. Waits for a change that runs still.
 */
export function fateScript(id: string, seconds: number): Sh {
  return joinSh([
    runFolder,
    sh`provision_folder && echo ${`ruled-out ${id}`} >>"$d/journal" || { echo untold; exit 0; }
p=$(sed -n ${`s/^started ${id} \\([0-9]*\\) .*/\\1/p`} "$d/journal")
i=0
while [ -n "$p" ] && [ -d "/proc/$p" ] && [ $i -lt ${Math.ceil(seconds)} ] && ! grep -q ${`^finished ${id} `} "$d/journal"; do
  sleep 1
  i=$((i+1))
done
[ -n "$p" ] && [ -d "/proc/$p" ] && echo running
grep -E ${`^(started|finished|dropped|ruled-out) ${id}( |$)`} "$d/journal"
echo told`,
  ]);
}

/** What {@link fateScript} printed. */
export function parseFate({ stdout }: Reply): Fate {
  const lines = stdout.trim().split('\n');
  const words = lines.map((line) => line.split(' '));
  if (lines.at(-1) !== 'told') return { fate: 'untold' };
  if (words.some(([word]) => word === 'dropped')) return { fate: 'not-begun' };
  const status = words.find(([word]) => word === 'finished')?.at(-1);
  if (status !== undefined && /^\d{1,3}$/.test(status)) return { fate: 'finished', status: Number(status) };
  const begun = words.some(([word]) => word === 'started');
  return begun ? { fate: 'begun', running: lines.includes('running') } : { fate: 'not-begun' };
}
