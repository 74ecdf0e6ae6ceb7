import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startGateway, stopGateway } from '../test/lab/hosts/gateway.js';
import { freePort } from '../test/registry/proxy/start-registry.js';
import { TreeMemory } from './process-tree.js';

/** Run of a command against a gateway: the whole process, and what the gateway noted of it. */
export interface PublishRun {
  readonly seconds: number;
  /** Seconds of processors. */
  readonly cpu: number;
  /** Largest process, in MB. */
  readonly largest: number;
  /** Largest sum of all processes at a time, in MB; pages that they share are counted once. */
  readonly tree: number;
  /** Requests by the gateway's own log. */
  readonly requests: number;
  readonly stdout: string;
}

/** Gateway that holds what it stores in memory, with nothing in it. */
export interface PublishStage {
  readonly endpoint: string;
  run(command: readonly string[]): Promise<PublishRun>;
  close(): Promise<void>;
}

/** Starts a gateway of its own: what was deleted in another would still fill its memory. */
export async function publishStage(): Promise<PublishStage> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-bench-publish-'));
  const close = async () => await stopGateway(folder);
  try {
    const gateway = await startGateway({
      folder,
      listen: `127.0.0.1:${await freePort()}`,
      monitor: `127.0.0.1:${await freePort()}`,
      memory: 4 * 2 ** 30,
      before: ['/usr/bin/setpriv', '--pdeathsig', 'KILL'],
    });
    const { endpoint, region, accessKey, secretKey } = gateway;
    const env = {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      NO_COLOR: '1',
    };
    return { endpoint, run: (command) => runAt(folder, env, command), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runAt(
  folder: string,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
): Promise<PublishRun> {
  const log = join(folder, 'log/client.rgw.log');
  const { size: before } = await stat(log);
  const report = join(folder, 'time');
  const running = execa('/usr/bin/time', ['-o', report, '-f', '%e %U %S %M', ...command], { env, reject: false });
  const memory = new TreeMemory(running.pid ?? 0, folder, 50);
  const { exitCode, stdout, stderr } = await running;
  memory.stop();
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
  const [seconds = 0, user = 0, system = 0, largest = 0] = (await readFile(report, 'utf8'))
    .trim()
    .split(' ')
    .map(Number);
  await rm(report);
  const noted = (await readFile(log)).subarray(before).toString('utf8');
  const requests = noted.split('\n').filter((line) => / beast: 0x\w+: /.test(line)).length;
  return { seconds, cpu: user + system, largest: largest / 1024, tree: memory.peak, requests, stdout };
}
