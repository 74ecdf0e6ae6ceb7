import { setMaxListeners } from 'node:events';
import type { Become } from '../../model/task.js';
import { type Claim, type Connection, ConnectionError, type Request, type Response } from '../connection.js';
import type { Transport } from '../process.js';
import { watchedShell } from './end-processes.js';
import { newToken } from './marked-stream.js';
import { endOnChannel, runOnChannel } from './run-on-channel.js';
import { Shell } from './shell.js';
import { startAs } from './user-process.js';

/** Options of {@link hostConnection}. */
export interface HostConnectionOptions {
  readonly becomePassword: string | undefined;
  /** Seconds in which a shell must be open. */
  readonly shellDeadline: number;
  /** Closes the connection when it is aborted. */
  readonly signal?: AbortSignal;
}

const uploadDeadline = 600;
/** Seconds for a busy shell, and for what it runs, to end. */
const endSeconds = 6;

/** Makes a connection over any transport: one long-lived shell a user, opened when it is first needed. */
export function hostConnection(transport: Transport, options: HostConnectionOptions): Connection {
  const shells = new Map<string, Promise<Shell>>();
  const locks = new Map<string, Claim>();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const { becomePassword, shellDeadline: deadline, signal: abort } = options;
  const userOf = (as: Become) => (as === false ? transport.user : as.user);

  const open = async (as: Become): Promise<Shell> => {
    const process = await startAs(transport, watchedShell, { as, becomePassword, deadline });
    const { where } = transport;
    return new Shell(process, {
      where,
      endProcesses: (pid) => endOnChannel(transport, pid, { as, becomePassword, deadline }),
    });
  };

  const run = async (requests: readonly Request[], as: Become): Promise<Response[]> => {
    if (closing.signal.aborted) throw closedError(transport.where);
    const user = userOf(as);
    const shell = shells.get(user) ?? open(as);
    shells.set(user, shell);
    const claim = locks.get(user);
    locks.delete(user);
    try {
      return await (await shell).run(requests, claim);
    } catch (error) {
      if (shells.get(user) === shell && !isRefusal(error)) shells.delete(user);
      if (claim) locks.set(user, claim);
      if (closing.signal.aborted) throw closedError(transport.where);
      throw error;
    }
  };

  const connection: Connection = {
    probe: (requests, as) => run(requests, as),
    async apply(change, probes, as) {
      const [first, ...others] = await run([change, ...probes], as);
      if (first === undefined) throw new Error('a request without a reply');
      return [first, ...others];
    },
    async upload(script, content, as, { deadline: scriptDeadline = uploadDeadline, onLine } = {}) {
      if (closing.signal.aborted) throw closedError(transport.where);
      const { signal } = closing;
      return runOnChannel(transport, script, content, { as, becomePassword, deadline, scriptDeadline, onLine, signal });
    },
    dial(host, port) {
      if (closing.signal.aborted) return Promise.reject(closedError(transport.where));
      return transport.dial(host, port);
    },
    isLost: () => transport.isLost?.() === true,
    lock: (as, claim = { name: newToken() }) => void locks.set(userOf(as), claim),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      const opened = await Promise.allSettled(shells.values());
      const busy = opened.flatMap((each) => (each.status === 'fulfilled' && each.value.isBusy ? [each.value] : []));
      await Promise.all(busy.map((shell) => shell.end(endSeconds)));
      await transport.close();
    },
  };
  // The signal may outlive many connections: the listener goes with this one.
  abort?.addEventListener('abort', () => void connection.close(), { once: true, signal: closing.signal });
  return connection;
}

/** Tells a refusal of sudo: it is not tried again, since each wrong password brings an account nearer to being locked. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConnectionError && error.problem.startsWith('become-');
}

function closedError(where: string): ConnectionError {
  return new ConnectionError('lost', `${where}: the connection was closed`);
}
