import { joinSh, type Sh, sh } from '../../sh.js';
import { finishedScript, startedScript } from '../link/journal.js';

/** Change with what is sent around it in the same request. */
export interface ChangeScriptParts {
  readonly script: Sh;
  /** Name of the change in the journal; undefined where none is kept. */
  readonly journal: { readonly id: string; readonly name: string } | undefined;
  /** Script that records the handlers that the change makes due; the change is not made when that fails. */
  readonly before: Sh | undefined;
  /** Script that clears records. */
  readonly afterSuccess: Sh | undefined;
}

/** Returns the script of a change with what is around it. Its exit status is the change's; a missing journal is no error. */
export function changeScript({ script, journal, before, afterSuccess }: ChangeScriptParts): Sh {
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
