import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { readdir, readFile, readlink, rm, stat, utimes } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { isAlive } from '../../../files/process-names.js';
import { writeNewFile } from '../../../files/replace-file.js';
import { isRecord } from '../../../model/is-record.js';
import { inFolder, makeFolder, unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { readPlain } from '../storage/plain-file.js';
import { removeWithin, requireWithin } from '../storage/within-storage.js';
import { type AdminSocket, openAdminSocket } from './admin-socket.js';

/** A server that writes to a folder. */
export interface LiveServer {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly url: string;
  /** Key of its upkeep: whoever may read it may write to the folder as well. */
  readonly key: string;
  /** Path of the socket beside, for its upkeep; undefined: it is done at the url. */
  readonly socket: string | undefined;
  /** It runs on this machine. */
  readonly here: boolean;
}

/** Milliseconds between two signs of life, and after which one of another machine is given up. */
const heartbeat = 60_000;
const silence = 3 * heartbeat;

/** Characters of a presence at most. */
const longest = 10_000;

/** Presence of a server in the folder that it writes to: a file that says how it is reached. */
export class Presence {
  readonly #id = randomUUID();
  readonly #key = randomBytes(32).toString('base64url');
  readonly #layout: Layout;
  #beating: NodeJS.Timeout | undefined;
  #socket: AdminSocket | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  get #file(): string {
    return `${serversFolder(this.#layout)}/${this.#id}`;
  }

  /** Opens a socket for the upkeep, which {@link announce} names: certificates are for clients. */
  async openSocket(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
    const path = socketOf(this.#file);
    requireWithin(this.#layout, path);
    await makeFolder(serversFolder(this.#layout));
    this.#socket = await openAdminSocket(path, answer);
  }

  /** Writes how this server is reached, and removes what killed ones left. */
  async announce(url: string): Promise<void> {
    await liveServers(this.#layout);
    const { pid } = process;
    const parts = {
      pid,
      host: hostname(),
      url,
      key: this.#key,
      socket: this.#socket !== undefined,
      machine: await thisMachine(),
      start: await startOf(pid),
    };
    requireWithin(this.#layout, this.#file);
    await inFolder(this.#file, () => writeNewFile(this.#file, `${JSON.stringify(parts)}\n`, 0o600));
    const beat = async () => {
      const now = new Date();
      await unlessMissing(utimes(this.#file, now, now)).catch(() => {}); // Then it counts as gone, and its uses as before.
    };
    this.#beating = setInterval(() => void beat(), heartbeat).unref();
  }

  async leave(): Promise<void> {
    clearInterval(this.#beating);
    await rm(this.#file, { force: true });
    await this.#socket?.close();
  }

  /** Returns true for the header of a request that has the key of this server. */
  opens(authorization: string | undefined): boolean {
    const given = Buffer.from(authorization ?? '');
    const wanted = Buffer.from(`Bearer ${this.#key}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  /** Finds the other servers that write to the folder. */
  async others(): Promise<LiveServer[]> {
    return (await liveServers(this.#layout)).filter(({ id }) => id !== this.#id);
  }
}

/** Finds the servers that write to a folder. What killed ones left is removed. */
export async function liveServers(layout: Layout): Promise<LiveServer[]> {
  const folder = serversFolder(layout);
  const live: LiveServer[] = [];
  for (const id of (await unlessMissing(readdir(folder))) ?? []) {
    const path = `${folder}/${id}`;
    const [text, stats] = [await readPlain(path, longest), await unlessMissing(stat(path))];
    if (text === undefined || stats === undefined) continue;
    const server = readServer(id, text.toString('utf8'));
    const here = server !== undefined && server.machine === (await thisMachine());
    const runs = here
      ? isAlive(server.pid) && (await startOf(server.pid)) === server.start
      : Date.now() - stats.mtimeMs < silence;
    if (runs) {
      if (server !== undefined) live.push({ ...server, here, socket: server.socket ? socketOf(path) : undefined });
      continue;
    }
    await removeWithin(layout, path);
    await removeWithin(layout, socketOf(path));
  }
  return live;
}

interface WrittenServer extends Omit<LiveServer, 'here' | 'socket'> {
  readonly socket: boolean;
  readonly machine: string;
  readonly start: string;
}

function readServer(id: string, text: string): WrittenServer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // One that a server was just writing, or died of.
  }
  if (!isRecord(value)) return undefined;
  const { pid, host, url, key, socket = false, machine, start } = value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || typeof url !== 'string') return undefined;
  if (typeof host !== 'string' || typeof key !== 'string' || typeof machine !== 'string') return undefined;
  if (typeof start !== 'string' || typeof socket !== 'boolean') return undefined;
  return { id, pid, host, url, key, socket, machine, start };
}

function serversFolder(layout: Layout): string {
  return `${layout.own}/servers`;
}

/** Returns the path of the socket of a server's upkeep, beside its presence. */
function socketOf(presence: string): string {
  return `${presence}.socket`;
}

/** Names this start of this machine, and the processes seen from here: only of those it is known whether they run. */
async function thisMachine(): Promise<string> {
  try {
    return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return hostname(); // No Linux.
  }
}

/** Returns when a process began, in ticks of the machine (proc_pid_stat(5), field 22): another has its number later. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return ''; // No Linux, or gone.
  }
}
