import type { SshRoute } from './ssh-link.js';

interface SharedHop {
  readonly route: Promise<SshRoute>;
  users: number;
}

const all = new Map<string, SharedHop>();

/**
 * Returns the link to a jump host, which all hosts behind it share: its sshd would refuse a hundred at once (MaxStartups).
 * It is dialled for the first, and ends with the last. A lost one is dialled anew.
 *
 * @param key of the link: equal keys are one link
 */
export async function sharedHop(key: string, start: () => Promise<SshRoute>): Promise<SshRoute> {
  const shared = all.get(key) ?? begin(key, start);
  shared.users += 1;
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    if (all.get(key) === shared) all.delete(key);
    shared.route.then(
      (route) => {
        route.link.client.end();
        route.release();
      },
      () => {}, // It never stood; the caller has the error.
    );
  };
  try {
    return { ...(await shared.route), release };
  } catch (error) {
    release();
    throw error;
  }
}

function begin(key: string, start: () => Promise<SshRoute>): SharedHop {
  const shared: SharedHop = { route: start(), users: 0 };
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
