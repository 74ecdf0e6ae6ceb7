import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { daemonRuns, lastLines, startDaemon, stopDaemon } from '../machine/daemon.js';
import { findProgram, programsUp } from '../machine/packages.js';
import { until } from '../machine/progress.js';

/** An S3 service with a bucket in it. */
export interface S3 {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Place of Ceph's gateway. */
export interface GatewayPlace {
  /** Of its files: gone with it. */
  readonly folder: string;
  /** `address:port` of the gateway. */
  readonly listen: string;
  /** `address:port` of the monitor. */
  readonly monitor: string;
  /** Bytes of what it can store, all in memory. */
  readonly memory: number;
  /** Words before each command: a program that starts it. */
  readonly before?: readonly string[];
}

const programs = { 'ceph-mon': ['ceph-mon'], 'ceph-osd': ['ceph-osd'], radosgw: ['radosgw'], ceph: ['ceph-common'] };
const daemons = ['mon', 'osd', 'rgw'] as const;
const fsid = '5f1f2d9e-1d1c-4b4c-9d43-3d8c6f1c2a10';
const keys = { accessKey: 'LABACCESSKEY', secretKey: 'lab/secret+key=0123456789' };

/** Installs Ceph from Debian's packages where it isn't there. */
export function gatewayPackages(): Promise<void> {
  return programsUp(programs);
}

/** Starts Ceph's gateway over a store in memory. There are no buckets yet. */
export async function startGateway(place: GatewayPlace): Promise<Omit<S3, 'bucket'>> {
  const at = (name: string) => join(place.folder, name);
  const record = (name: string) => at(`${name}.json`);
  const log = (name: string) => at(join('log', `${name}.out`));
  const common = ['-c', at('ceph.conf')];
  const url = `http://${place.listen}`;
  const start = (name: string, program: string, args: string[]) => {
    const [command = '', ...words] = [
      ...(place.before ?? []),
      findProgram(program) ?? program,
      ...common,
      ...args,
      '-f',
    ];
    return startDaemon(command, words, log(name), record(name));
  };
  const startStore = async (disk: string) => {
    await rm(at('osd'), { recursive: true, force: true });
    await mkdir(at('osd'));
    await ceph('ceph-osd', [...common, '-i', '0', '--mkfs', '--osd-uuid', disk]);
    await start('osd', 'ceph-osd', ['-i', '0']);
  };
  for (const folder of ['mon', 'osd', 'run', 'log']) await mkdir(at(folder), { recursive: true });
  await writeFile(at('ceph.conf'), configuration(place, at));
  await ceph('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v1:${place.monitor}]`, at('monmap')]);
  await ceph('ceph-mon', [...common, '--mkfs', '-i', 'a', '--monmap', at('monmap')]);
  await start('mon', 'ceph-mon', ['-i', 'a']);
  const disk = randomUUID();
  await ceph('ceph', [...common, '--connect-timeout', '20', 'osd', 'new', disk]);
  await startStore(disk);
  await start('rgw', 'radosgw', ['-n', 'client.rgw']);
  let again = 5;
  await until('the gateway of S3', 60_000, async () => {
    for (const name of daemons) {
      if (await daemonRuns(record(name))) continue;
      if (name !== 'osd' || again === 0) throw new Error(`${name} ended:\n${await lastLines(log(name))}`);
      // Now and then it asks the monitor before it has heard the cluster's id ("wrong fsid"), and ends.
      again -= 1;
      await startStore(disk);
    }
    return (await execa('curl', ['-sf', '-m', '2', '-o', '/dev/null', url], { reject: false })).exitCode === 0;
  });
  const user = ['--uid=registry', '--display-name=registry'];
  const secret = [`--access-key=${keys.accessKey}`, `--secret-key=${keys.secretKey}`];
  await ceph('radosgw-admin', [...common, 'user', 'create', ...user, ...secret]);
  return { endpoint: url, region: 'us-east-1', ...keys };
}

/** Ends what startGateway started in a folder, by its records; what was stored goes with it. */
export async function stopGateway(folder: string): Promise<void> {
  for (const name of daemons.toReversed()) await stopDaemon(join(folder, `${name}.json`), 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

async function ceph(program: string, args: string[]): Promise<void> {
  await execa(program, args, { stdin: 'ignore', timeout: 60_000 });
}

/** One monitor, one store in memory, no authentication between the daemons. */
function configuration({ listen, monitor, memory }: GatewayPlace, at: (name: string) => string): string {
  return `[global]
fsid = ${fsid}
mon host = [v1:${monitor}]
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = true
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
osd crush chooseleaf type = 0
osd pool default pg num = 8
osd pool default pgp num = 8
ms bind msgr2 = false
ms bind ipv6 = false
public addr = ${addressOf(monitor)}
cluster addr = ${addressOf(monitor)}
osd objectstore = memstore
memstore device bytes = ${memory}
run dir = ${at('run')}
admin socket = ${at('run')}/$name.asok
keyring = ${at('keyring')}
log file = ${at('log')}/$name.log
mon cluster log file = ${at('log')}/cluster.log
mon data = ${at('mon')}
mon data avail crit = 1
osd data = ${at('osd')}

[client.rgw]
rgw frontends = beast endpoint=${listen}
`;
}

function addressOf(place: string): string {
  return place.slice(0, place.lastIndexOf(':'));
}
