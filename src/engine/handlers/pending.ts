import { createHash } from 'node:crypto';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { Task } from '../../model/task.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import type { RecordPlace, RecordPlaces } from '../records/record-places.js';

/** Folder of the records of due handlers, in the folder of a place. */
export const pendingFolder = 'pending';

/** Returns the name of a handler on the host: the same on every run, and different for each role and name. */
export function handlerId(handler: Pick<Task, 'name' | 'role'>): string {
  const named = [handler.role ?? '', handler.name];
  const digest = createHash('sha256').update(named.join('\0')).digest('hex').slice(0, 8);
  const slug = currentSecrets()
    .redact(named.join('-'))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${slug.slice(0, 80)}-${digest}`;
}

/** Scripts that write the records of due handlers on one host. */
export class PendingFolder {
  /** @param places folders that the host's users keep records in */
  constructor(readonly places: RecordPlaces) {}

  /** Returns a script that records handlers. It exits with an error where it can't: the change must not happen then. */
  recordScript(handlers: readonly Task[], place: RecordPlace): Sh {
    const folder = this.#folder(place);
    return joinSh(
      handlers.map((handler) => {
        const file = `${folder}/${handlerId(handler)}`;
        const name = currentSecrets().redact(handler.name);
        return sh`mkdir -p ${folder} && printf '%s\n' ${name} >${file} || {
  printf '%s\n' ${`provision: the handler "${name}" could not be recorded in ${folder}, so nothing was changed`} >&2
  exit 73
}`;
      }),
    );
  }

  /** Returns a script that clears a handler's record. */
  clearScript(id: string, place: RecordPlace): Sh {
    return sh`rm -f ${`${this.#folder(place)}/${id}`}`;
  }

  #folder(place: RecordPlace): string {
    return `${this.places.folderOf(place)}/${pendingFolder}`;
  }
}
