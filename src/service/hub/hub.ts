import type { Database } from '../store/database.js';
import { Comments } from './comments.js';
import { Mirrors } from './mirror/mirrors.js';
import { Notices } from './notices.js';
import { Readmes } from './readmes.js';
import { Stars } from './stars.js';

/** Texts that an account writes in an hour: each costs the time to render it. */
const mostTextsAnHour = 120;

/** Parts of what people say of repositories, and how mirrors differ from what they mirror. */
export interface Hub {
  readonly stars: Stars;
  readonly comments: Comments;
  readonly readmes: Readmes;
  readonly notices: Notices;
  readonly mirrors: Mirrors;
}

/** Makes the hub of a service. */
export function makeHub(database: Database, more: Omit<ConstructorParameters<typeof Mirrors>[0], 'database'>): Hub {
  return {
    stars: new Stars(database),
    comments: new Comments(database, mostTextsAnHour),
    readmes: new Readmes(database, mostTextsAnHour),
    notices: new Notices(database, mostTextsAnHour),
    mirrors: new Mirrors({ database, ...more }),
  };
}
