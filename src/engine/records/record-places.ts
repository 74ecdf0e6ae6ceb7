import type { Facts } from '../../model/facts.js';
import type { Become } from '../../model/task.js';
import { userKey } from '../link/become.js';

/** Folder in which root's runs keep what is to be remembered of a host. */
export const systemFolder = '/var/lib/provision';

/** The same of a plain user, below the home. */
export const folderInHome = '.local/state/provision';

/** Root's folder, or the own folder of the user that runs the tasks. */
export type RecordPlace = 'system' | 'own';

/**
 * Folders in which a host keeps records. A plain user can't write in root's folder and has one below its home. The next
 * run reads the records as the same user, so that no other user's folder is ever read.
 */
export class RecordPlaces {
  readonly #facts: Facts;

  /** @param main user who read the host's facts */
  constructor(
    facts: Facts,
    readonly main: Become,
  ) {
    this.#facts = facts;
  }

  /** Returns the place in which a user can record; undefined where it has none. */
  placeFor(as: Become): RecordPlace | undefined {
    if (as !== false && as.user === 'root') return 'system';
    const isMain = userKey(as) === userKey(this.main) || (as !== false && as.user === this.#facts.user);
    return isMain ? this.mainPlace() : undefined;
  }

  /** Returns the user who can write in a place. */
  writerOf(place: RecordPlace): Become {
    return place === this.mainPlace() ? this.main : { user: 'root' };
  }

  /** Returns the place of the user who read the facts. */
  mainPlace(): RecordPlace {
    return this.#facts.uid === 0 ? 'system' : 'own';
  }

  /** Returns the folder of a place. */
  folderOf(place: RecordPlace): string {
    return place === 'system' ? systemFolder : `${this.#facts.home}/${folderInHome}`;
  }
}
