import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { inCache } from '../machine/cache.js';
import { daemonRuns, lastLines, startDaemon, stopDaemon } from '../machine/daemon.js';
import { findProgram, programsUp } from '../machine/packages.js';
import { step, until } from '../machine/progress.js';
import { network } from './places.js';

/** An S3 service with a bucket in it, for the hosts of the lab and for this machine. */
export interface S3 {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

const programs = { 'ceph-mon': ['ceph-mon'], 'ceph-osd': ['ceph-osd'], radosgw: ['radosgw'], ceph: ['ceph-common'] };
const daemons = ['mon', 'osd', 'rgw'] as const;
const monitor = '127.0.4.1';
const port = 7480;
const fsid = '5f1f2d9e-1d1c-4b4c-9d43-3d8c6f1c2a10';
const keys = { accessKey: 'LABACCESSKEY', secretKey: 'lab/secret+key=0123456789' };

/** Starts Ceph's gateway over a store in memory, empty but for one bucket; the hosts reach it at the lab's gateway. */
export async function s3Up(bucket: string): Promise<S3> {
  await programsUp(programs);
  await s3Down();
  await step('start S3', async () => {
    for (const folder of ['mon', 'osd', 'run', 'log']) await mkdir(at(folder), { recursive: true });
    await writeFile(at('ceph.conf'), configuration());
    await ceph('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v1:${monitor}:6789]`, at('monmap')]);
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
      return (await execa('curl', ['-sf', '-m', '2', '-o', '/dev/null', url()], { reject: false })).exitCode === 0;
    });
    const user = ['--uid=registry', '--display-name=registry'];
    const secret = [`--access-key=${keys.accessKey}`, `--secret-key=${keys.secretKey}`];
    await ceph('radosgw-admin', [...common, 'user', 'create', ...user, ...secret]);
  });
  const s3: S3 = { endpoint: url(), region: 'us-east-1', bucket, ...keys };
  await request(s3, 'PUT', '');
  return s3;
}

/** Ends what s3Up started, by its records; what was stored goes with it. */
export async function s3Down(): Promise<void> {
  for (const name of daemons.toReversed()) await stopDaemon(record(name), 'SIGKILL');
  await rm(inCache('s3'), { recursive: true, force: true });
}

/** Names of all objects below a prefix. */
export async function objectsOf(s3: S3, prefix = ''): Promise<string[]> {
  const listing = await request(s3, 'GET', `?list-type=2&max-keys=1000&prefix=${encodeURIComponent(prefix)}`);
  return [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
}

/** The SHA-256 of no bytes, which the gateway wants to see signed. */
const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

async function request(s3: S3, method: string, query: string): Promise<string> {
  const signed = ['--aws-sigv4', `aws:amz:${s3.region}:s3`, '-H', `x-amz-content-sha256: ${nothing}`];
  const account = ['-u', `${s3.accessKey}:${s3.secretKey}`];
  const args = ['-sSf', '-m', '20', '-X', method, ...signed, ...account, `${s3.endpoint}/${s3.bucket}${query}`];
  return (await execa('curl', args)).stdout;
}

const common = ['-c', at('ceph.conf')];

function at(name: string): string {
  return join(inCache('s3'), name);
}

function record(name: string): string {
  return at(`${name}.json`);
}

function log(name: string): string {
  return at(join('log', `${name}.out`));
}

function url(): string {
  return `http://${network.gateway}:${port}`;
}

async function startStore(disk: string): Promise<void> {
  await rm(at('osd'), { recursive: true, force: true });
  await mkdir(at('osd'));
  await ceph('ceph-osd', [...common, '-i', '0', '--mkfs', '--osd-uuid', disk]);
  await start('osd', 'ceph-osd', ['-i', '0']);
}

async function start(name: string, program: string, args: string[]): Promise<void> {
  await startDaemon(findProgram(program) ?? program, [...common, ...args, '-f'], log(name), record(name));
}

async function ceph(program: string, args: string[]): Promise<void> {
  await execa(program, args, { stdin: 'ignore', timeout: 60_000 });
}

/** One monitor, one store in memory, no authentication between the daemons. */
function configuration(): string {
  return `[global]
fsid = ${fsid}
mon host = [v1:${monitor}:6789]
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
public addr = ${monitor}
cluster addr = ${monitor}
osd objectstore = memstore
memstore device bytes = 2147483648
run dir = ${at('run')}
admin socket = ${at('run')}/$name.asok
keyring = ${at('keyring')}
log file = ${at('log')}/$name.log
mon cluster log file = ${at('log')}/cluster.log
mon data = ${at('mon')}
mon data avail crit = 1
osd data = ${at('osd')}

[client.rgw]
rgw frontends = beast endpoint=${network.gateway}:${port}
`;
}
