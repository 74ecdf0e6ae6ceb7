import { runFolder } from '../../connection/shell/run-lock.js';
import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';

/*
 * The journal lies on the host beside the run lock, with a line before each change and a line after it. After a lost link
 * it shows what happened to a change; a person can read there too what was being done.
 */

/** State of a change after the link was lost, from the host's journal. */
export type JournalState =
  /** It has not started, and never will. */
  | { readonly state: 'not-started' }
  | { readonly state: 'finished'; readonly status: number }
  /** It started but did not finish: it still runs, or was ended with the link. */
  | { readonly state: 'started'; readonly running: boolean }
  /** There is no journal. */
  | { readonly state: 'unrecorded' };

/** Exit status of a change that came too late: it had been ruled out. */
const tooLate = 75;

/** Returns the script ahead of a change: it notes the start, unless the side that lost the link has ruled it out. */
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

/** Returns the script behind a change whose exit status is in `provision_status`. */
export function finishedScript(id: string): Sh {
  return sh`{ echo ${`finished ${id}`} "$provision_status" >>"$provision_journal"; } 2>/dev/null`;
}

/**
 * Returns a script that reads the state of a change whose reply was lost, and rules out that it starts from now on. Each
 * side writes its own line before it looks for the other's. The script waits for a change that still runs.
 */
export function journalScript(id: string, seconds: number): Sh {
  return joinSh([
    runFolder,
    sh`provision_folder && echo ${`ruled-out ${id}`} >>"$d/journal" || { echo unrecorded; exit 0; }
p=$(sed -n ${`s/^started ${id} \\([0-9]*\\) .*/\\1/p`} "$d/journal")
i=0
while [ -n "$p" ] && [ -d "/proc/$p" ] && [ $i -lt ${Math.ceil(seconds)} ] && ! grep -q ${`^finished ${id} `} "$d/journal"; do
  sleep 1
  i=$((i+1))
done
[ -n "$p" ] && [ -d "/proc/$p" ] && echo running
grep -E ${`^(started|finished|dropped|ruled-out) ${id}( |$)`} "$d/journal"
echo end`,
  ]);
}

/** Reads what {@link journalScript} printed. */
export function parseJournal({ stdout }: Reply): JournalState {
  const lines = stdout.trim().split('\n');
  const words = lines.map((line) => line.split(' '));
  if (lines.at(-1) !== 'end') return { state: 'unrecorded' };
  if (words.some(([word]) => word === 'dropped')) return { state: 'not-started' };
  const status = words.find(([word]) => word === 'finished')?.at(-1);
  if (status !== undefined && /^\d{1,3}$/.test(status)) return { state: 'finished', status: Number(status) };
  const started = words.some(([word]) => word === 'started');
  return started ? { state: 'started', running: lines.includes('running') } : { state: 'not-started' };
}
