import { joinSh, type Sh, sh } from '../../sh.js';
import { finishedScript, startedScript } from '../link/journal.js';

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
  if (journal !== undefined) pieces.push(startedScript(journal.id, journal.name));
  pieces.push(sh`(
${before === undefined ? script : joinSh([before, script])}
)
provision_status=$?`);
  if (journal !== undefined) pieces.push(finishedScript(journal.id));
  if (afterSuccess !== undefined) {
    pieces.push(sh`if [ "$provision_status" = 0 ]; then
${afterSuccess}
fi`);
  }
  pieces.push(sh`exit "$provision_status"`);
  return joinSh(pieces);
}
