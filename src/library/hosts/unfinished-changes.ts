import { openConnection } from '../../connection/open.js';
import { runFolder } from '../../connection/shell/run-lock.js';
import { defaultBecome } from '../../engine/link/become.js';
import type { ConnectionSettings } from '../../model/play.js';
import { sh } from '../../sh.js';

/** Lines at the end of a host's journal that are looked at. */
const lines = 500;

/**
 * Returns the changes of its last run that a host's journal has as begun and not as finished: what it was at when it was killed.
 * @throws ConnectionError
 */
export async function unfinishedChanges(name: string, settings: ConnectionSettings): Promise<string[]> {
  const connection = await openConnection(name, settings);
  try {
    const script = sh`${runFolder}
provision_folder && tail -n ${lines} "$d/journal" 2>/dev/null; :`;
    const [reply] = await connection.probe([{ script }], defaultBecome(settings));
    return unfinishedIn(reply?.stdout ?? '');
  } finally {
    await connection.close();
  }
}

function unfinishedIn(journal: string): string[] {
  const begun = new Map<string, string>();
  for (const line of journal.split('\n')) {
    const [word, id = '', , ...rest] = line.split(' ');
    if (word === 'run') begun.clear();
    else if (word === 'started') begun.set(id, rest.join(' '));
    else if (word === 'finished' || word === 'dropped') begun.delete(id);
  }
  return [...begun.values()];
}
