import { AsyncLocalStorage } from 'node:async_hooks';
import { Secrets } from './secrets.js';

/*
 * Secrets belong to a session: a run, with its input and its output. Code that learns one may be deep within a role or a
 * resource, where no parameter could bring it: `secret()` of a schema, an account of a registry. It asks for those of the
 * session that it runs for. Promises, timers and sockets keep the session in which they were made.
 *
 * Outside of any session there are the secrets of the process. Each session looks for them too. The command is no
 * session of its own: it has the process's output, and so the process's secrets.
 */

const ofProcess = new Secrets();
const sessions = new AsyncLocalStorage<Secrets>();

/** Returns the secrets of the session that this code runs for. */
export function currentSecrets(): Secrets {
  return sessions.getStore() ?? ofProcess;
}

/** Makes the secrets of a new session, which looks for those of the code around it as well. */
export function newSecrets(): Secrets {
  return new Secrets(currentSecrets());
}

/** Runs work in a session: what it learns is added to these secrets. */
export function withSecrets<Result>(secrets: Secrets, work: () => Result): Result {
  return secrets === currentSecrets() ? work() : sessions.run(secrets, work);
}

/**
 * Runs work outside of any session. For what outlives a session and is not made again for the next, such as a module that
 * is imported: the secrets it adds are looked for by all sessions.
 */
export function outsideSessions<Result>(work: () => Result): Result {
  return withSecrets(ofProcess, work);
}
