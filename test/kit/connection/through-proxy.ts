import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownHosts, placeOf, places, sshPort } from '../../lab/lab.js';
import { labHost } from '../inventory.js';
import { type RoundTripProxy, roundTripProxy } from './round-trips.js';

/** Milliseconds each way: the lab runs beside other tests, which keep a client waiting for a second. */
const delay = 1000;

/**
 * Lets work reach one host of the lab through a proxy that counts round trips, by an inventory of its own in which all
 * hosts of the lab keep their names and groups.
 */
export async function throughProxy<Result>(
  host: string,
  work: (inventory: string) => Promise<Result>,
): Promise<{ result: Result; roundTrips: number }> {
  const place = placeOf(host);
  const folder = await mkdtemp(join(tmpdir(), 'provision-proxy-'));
  const proxy: RoundTripProxy = await roundTripProxy({ host: place.address, port: sshPort }, delay);
  try {
    const keys = await readFile(knownHosts, 'utf8');
    const address = `[${place.address}]:${sshPort}`;
    const line = keys.split('\n').find((candidate) => candidate.startsWith(address)) ?? '';
    await writeFile(join(folder, 'known_hosts'), `${line.replace(/^\S+/, `[127.0.0.1]:${proxy.port}`)}\n`);
    const through = {
      host: '127.0.0.1',
      port: proxy.port,
      known_hosts_file: join(folder, 'known_hosts'),
      connect_timeout: 60,
    };
    const groups = places
      .filter(({ name, usual }) => usual || name === host)
      .map(({ name }) => [
        name.replace(/\d+$/, ''),
        { hosts: { [name]: labHost(name, name === host ? through : {}) } },
      ]);
    const inventory = join(folder, 'inventory.yaml');
    await writeFile(inventory, JSON.stringify({ all: { children: Object.fromEntries(groups) } }));
    const result = await work(inventory);
    return { result, roundTrips: proxy.roundTrips() };
  } finally {
    await proxy.close();
    await rm(folder, { recursive: true });
  }
}
