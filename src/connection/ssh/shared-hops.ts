import type { Route } from './ssh-route.js';

interface Shared {
  readonly route: Promise<Route>;
  users: number;
}

const all = new Map<string, Shared>();

/**
 * A link to a jump host that all hosts behind it share: a hundred of them at once would be more than its sshd lets in
 * (MaxStartups). It is dialled for the first, and ends with the last. One that is lost is dialled anew.
 *
 * @param key says what the link is made of: equal keys are one link
 */
export async function sharedHop(key: string, start: () => Promise<Route>): Promise<Route> {
  const shared = all.get(key) ?? begin(key, start);
  shared.users += 1;
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    if (all.get(key) === shared) all.delete(key);
    shared.route.then(
      (route) => {
        route.link.client.end();
        route.release();
      },
      () => {}, // It never stood; who asked for it knows.
    );
  };
  try {
    return { ...(await shared.route), release };
  } catch (error) {
    release();
    throw error;
  }
}

function begin(key: string, start: () => Promise<Route>): Shared {
  const shared: Shared = { route: start(), users: 0 };
  all.set(key, shared);
  const forget = () => {
    if (all.get(key) === shared) all.delete(key);
  };
  shared.route.then(({ link }) => {
    if (link.lost.aborted) forget();
    else link.lost.addEventListener('abort', forget, { once: true });
  }, forget);
  return shared;
}
