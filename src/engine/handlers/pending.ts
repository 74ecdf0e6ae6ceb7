import { createHash } from 'node:crypto';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { Facts } from '../../model/facts.js';
import type { Become, Task } from '../../model/task.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { userKey } from '../link/become.js';

/** Where root's runs record handlers that are due. */
export const systemPending = '/var/lib/provision/pending';

/** Root's folder, or the own folder of the user that the host is worked on as. */
export type PendingPlace = 'system' | 'own';

/** Name of a handler on the host: the same on every run, another one for every role and name. */
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

/**
 * The records of due handlers on one host. A plain user can't write in root's folder and has one below its home; who
 * reads the records on the next run is the user that the host is worked on as, so nobody else's folder is ever used.
 */
export class PendingFolder {
  readonly #facts: Facts;

  /** @param main who the host's facts were read as */
  constructor(
    facts: Facts,
    readonly main: Become,
  ) {
    this.#facts = facts;
  }

  /** Where scripts of a user can record; undefined when someone else has to. */
  placeFor(as: Become): PendingPlace | undefined {
    if (as !== false && as.user === 'root') return 'system';
    const isMain = userKey(as) === userKey(this.main) || (as !== false && as.user === this.#facts.user);
    return isMain ? this.mainPlace() : undefined;
  }

  /** Who can write in a place. */
  writerOf(place: PendingPlace): Become {
    return place === this.mainPlace() ? this.main : { user: 'root' };
  }

  mainPlace(): PendingPlace {
    return this.#facts.uid === 0 ? 'system' : 'own';
  }

  /** Ends the script, with an explanation, when a handler can't be recorded: the change must not happen then. */
  record(handlers: readonly Task[], place: PendingPlace): Sh {
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

  strike(id: string, place: PendingPlace): Sh {
    return sh`rm -f ${`${this.#folder(place)}/${id}`}`;
  }

  #folder(place: PendingPlace): string {
    return place === 'system' ? systemPending : `${this.#facts.home}/.local/state/provision/pending`;
  }
}
