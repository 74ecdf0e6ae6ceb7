import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestService, testService } from '../service/service-kit.js';

interface FolderOptions {
  readonly tasks: readonly object[];
  readonly hosts?: readonly string[];
  readonly roles?: readonly string[];
  /** Host that is this machine itself, where commands are run. Default: none. */
  readonly machine?: string;
}

/** Starts a service over a site whose hosts are folders of this machine. */
export async function serviceOfFolders(
  folder: string,
  { tasks, hosts = ['web1', 'web2'], roles = [], machine }: FolderOptions,
): Promise<TestService> {
  const inventory = {
    all: {
      hosts: Object.fromEntries(
        hosts.map((name) => [name, { connection: 'local', ...(name === machine ? {} : { root: join(folder, name) }) }]),
      ),
    },
  };
  writeFileSync(
    join(folder, 'site.yaml'),
    JSON.stringify([{ name: 'all', hosts: 'all', gather_facts: false, tasks, roles }]),
  );
  writeFileSync(join(folder, 'inventory.yaml'), JSON.stringify(inventory));
  return await testService({ site: join(folder, 'site.yaml') });
}

/** Writes a long output for a job that has run: so many lines of a task, between its first and its last event. */
export function writeLongOutput(service: TestService, job: string, lines: number): void {
  const path = join(service.folder, 'jobs', job, 'events.ndjson');
  const all = readFileSync(path, 'utf8').trimEnd().split('\n');
  const place = { host: 'web1', play: 'all', task: 'copy', index: 1, handler: false };
  const time = '2026-12-02T00:00:00.000Z';
  const events = Array.from({ length: lines }, (_, index) =>
    JSON.stringify({ time, event: 'task-line', ...place, line: `line ${index + 1} of the copy` }),
  );
  writeFileSync(path, `${[all[0], ...events, all.at(-1)].join('\n')}\n`);
}

/** Way to a service on which connections can be cut. */
export interface CutWay {
  readonly url: string;
  /** Cuts all connections. */
  readonly cut: () => void;
  readonly close: () => void;
}

/** Opens a way to a service. */
export async function openCutWay(url: string): Promise<CutWay> {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy()); // A cut is what is wanted here.
    }
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the way has no port');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
