import { hostname, userInfo } from 'node:os';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Become } from '../model/task.js';
import { quote, type Sh } from '../sh.js';
import { type Connection, ConnectionError, type Request, type Response } from './connection.js';
import { lineFeed } from './line-feed.js';
import { lockScript } from './lock-script.js';
import { openProcess } from './open-shell.js';
import type { Transport } from './process.js';
import { killBelowScript, newToken, Shell } from './shell.js';

export interface HostConnectionOptions {
  readonly becomePassword: string | undefined;
  /** Seconds until a shell must be there. */
  readonly shellDeadline: number;
  readonly verbose?: (line: string) => void;
}

/** A connection over any transport: one long-lived shell a user, opened when it is first needed. */
export function hostConnection(transport: Transport, options: HostConnectionOptions): Connection {
  const shells = new Map<string, Promise<Shell>>();
  const locks = new Set<string>();

  const shellOf = (as: Become): Promise<Shell> => {
    const user = userOf(as, transport);
    const known = shells.get(user);
    if (known !== undefined) return known;
    const opened = openShell(as);
    shells.set(user, opened);
    return opened;
  };

  const openShell = async (as: Become): Promise<Shell> => {
    const token = newToken();
    const { process, pid } = await openProcess(transport, 'exec sh', openOptions(as, token));
    return new Shell(process, { where: transport.where, token, pid, killBelow: (root) => killBelow(root, as) });
  };

  const openOptions = (as: Become, token: string) => ({
    as,
    password: options.becomePassword,
    token,
    deadline: options.shellDeadline,
  });

  const killBelow = async (root: number, as: Become): Promise<void> => {
    const token = newToken();
    const { process } = await openProcess(transport, killBelowScript(root).script, openOptions(as, token));
    process.stdin.end();
    await process.ended;
  };

  const run = async (requests: readonly Request[], as: Become): Promise<Response[]> => {
    const shell = await shellOf(as);
    const user = userOf(as, transport);
    if (!locks.delete(user)) return shell.run(requests);
    const [lock, ...responses] = await shell.run([{ script: lockScript(holderName()), inShell: true }, ...requests]);
    if (lock !== undefined && lock.status !== 0) throw lockRefusal(lock, transport.where);
    return responses;
  };

  return {
    probe: (requests, as) => run(requests, as),
    async apply(change, probes, as) {
      const [first, ...others] = await run([change, ...probes], as);
      if (first === undefined) throw new Error('a request without a reply');
      return [first, ...others];
    },
    upload: (script, content, as, uploadOptions = {}) =>
      upload(transport, script, content, { ...openOptions(as, newToken()), ...uploadOptions }),
    lock: (as) => void locks.add(userOf(as, transport)),
    async close() {
      const opened = await Promise.allSettled(shells.values());
      for (const each of opened) if (each.status === 'fulfilled') each.value.end();
      await transport.close();
    },
  };
}

interface UploadOptions {
  readonly as: Become;
  readonly password: string | undefined;
  readonly token: string;
  readonly deadline?: number;
  readonly onLine?: (line: string) => void;
}

async function upload(transport: Transport, script: Sh, content: Readable, options: UploadOptions): Promise<Response> {
  const { token, deadline = 600, onLine } = options;
  const body = `LC_ALL=C; export LC_ALL; eval ${quote(script.script)}`;
  const { process } = await openProcess(transport, body, { ...options, deadline: 60 });
  const collected = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const feed = onLine === undefined ? undefined : lineFeed(token, onLine);
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].on('data', (chunk: Buffer) => {
      collected[name].push(chunk);
      feed?.(chunk);
    });
  }
  let timedOut = false;
  const clock = setTimeout(() => {
    timedOut = true;
    process.kill();
  }, deadline * 1000);
  try {
    // A script that ends before it has read everything closes its input: its status says what came of it.
    const sent = pipeline(content, process.stdin).catch((error: NodeJS.ErrnoException) => error);
    const { status, signal } = await process.ended;
    const broken = await sent;
    if (!timedOut && status === undefined && signal === undefined)
      throw new ConnectionError('lost', `${transport.where}: the link was lost in an upload`);
    const local =
      broken instanceof Error && !['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(broken.code ?? '')
        ? broken
        : undefined;
    if (local !== undefined) throw local;
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
    return {
      status: timedOut ? 124 : (status ?? 128),
      stdout: text(collected.stdout),
      stderr: text(collected.stderr),
      timedOut,
    };
  } finally {
    clearTimeout(clock);
  }
}

function userOf(as: Become, transport: Transport): string {
  return as === false ? transport.user : as.user;
}

function holderName(): string {
  return `${userInfo().username}@${hostname()}, process ${process.pid}, since ${new Date().toISOString()}`;
}

function lockRefusal({ status, stdout, stderr }: Response, where: string): ConnectionError {
  const said = stdout.trim() || stderr.trim();
  if (status === 75) {
    const hint = 'wait for it to end; the lock goes with its connection';
    return new ConnectionError(
      'locked',
      `another run is at work on this host: ${said === '' ? 'it left no name' : said}`,
      hint,
    );
  }
  return new ConnectionError('locked', `${where}: the run lock cannot be taken: ${said}`);
}
