import { createHash } from 'node:crypto';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { Facts } from '../../model/facts.js';
import type { Become, Task } from '../../model/task.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { userKey } from '../link/become.js';

/** Folder in which root's runs record due handlers. */
export const systemPending = '/var/lib/provision/pending';

/** Root's folder, or the own folder of the user that runs the tasks. */
export type PendingPlace = 'system' | 'own';

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

/**
 * Scripts that write the records of due handlers on one host. A plain user can't write in root's folder and has one below
 * its home. The next run reads the records as the same user, so that no other user's folder is ever read.
 */
export class PendingFolder {
  readonly #facts: Facts;

  /** @param main user who read the host's facts */
  constructor(
    facts: Facts,
    readonly main: Become,
  ) {
    this.#facts = facts;
  }

  /** Returns the place in which a user can record; undefined where it has none. */
  placeFor(as: Become): PendingPlace | undefined {
    if (as !== false && as.user === 'root') return 'system';
    const isMain = userKey(as) === userKey(this.main) || (as !== false && as.user === this.#facts.user);
    return isMain ? this.mainPlace() : undefined;
  }

  /** Returns the user who can write in a place. */
  writerOf(place: PendingPlace): Become {
    return place === this.mainPlace() ? this.main : { user: 'root' };
  }

  /** Returns the place of the user who read the facts. */
  mainPlace(): PendingPlace {
    return this.#facts.uid === 0 ? 'system' : 'own';
  }

  /** Returns a script that records handlers. It exits with an error where it can't: the change must not happen then. */
  recordScript(handlers: readonly Task[], place: PendingPlace): Sh {
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
  clearScript(id: string, place: PendingPlace): Sh {
    return sh`rm -f ${`${this.#folder(place)}/${id}`}`;
  }

  #folder(place: PendingPlace): string {
    return place === 'system' ? systemPending : `${this.#facts.home}/.local/state/provision/pending`;
  }
}
