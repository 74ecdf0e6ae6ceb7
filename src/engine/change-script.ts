import { joinSh, type Sh, sh } from '../sh.js';

/** Where every change is noted before and after, so that a person can tell after a lost link what was under way. */
const journalFile = '/run/provision/journal';

/** What goes around a change in the same request. */
export interface Around {
  readonly script: Sh;
  /** Names the change in the journal; undefined where none is kept. */
  readonly journal: { readonly id: string; readonly name: string } | undefined;
  /** Records handlers that the change makes due; the change doesn't happen when that fails. */
  readonly before: Sh | undefined;
  /** Strikes records off. */
  readonly afterSuccess: Sh | undefined;
}

/** The script of a change with what goes around it. Its exit status is the change's; the journal is kept where it can be. */
export function changeScript({ script, journal, before, afterSuccess }: Around): Sh {
  const pieces: Sh[] = [];
  if (before !== undefined) pieces.push(before);
  if (journal !== undefined) pieces.push(started(journal.id, journal.name));
  pieces.push(sh`(
${script}
)
provision_status=$?`);
  if (journal !== undefined) pieces.push(finished(journal.id));
  if (afterSuccess !== undefined) {
    pieces.push(sh`if [ "$provision_status" = 0 ]; then
${afterSuccess}
fi`);
  }
  pieces.push(sh`exit "$provision_status"`);
  return joinSh(pieces);
}

function started(id: string, name: string): Sh {
  const line = `started ${id} ${name.replaceAll('\n', ' ')}`;
  return sh`{ mkdir -p /run/provision && printf '%s\n' ${line} >>${journalFile}; } 2>/dev/null`;
}

function finished(id: string): Sh {
  return sh`{ echo finished ${id} "$provision_status" >>${journalFile}; } 2>/dev/null`;
}
