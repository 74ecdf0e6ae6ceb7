import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { sshPort } from '../test/lab/hosts/places.js';
import { clientKey, knownHosts, labUp, places, registry2, resetHost, ssh, sshConfig } from '../test/lab/lab.js';
import { ansibleInventory, provisionInventory } from './inventories.js';
import { table } from './table.js';

/*
 * The same work done by Ansible and by provision on the same hosts of the lab: from bare, and again with nothing to do.
 * Hosts are made bare before each tool's first run; python3, which Ansible needs on the hosts, is installed before the
 * clock starts. Times are whole processes; what counts is the ratio within one run.
 */

export interface Sample {
  readonly seconds: number;
  readonly cpu: number;
  readonly memory: number;
}

const images = [
  'cron',
  'horizon',
  'keystone',
  'mariadb',
  'memcached',
  'rabbitmq',
  'redis',
  'haproxy',
  'iscsid',
  'glance-api',
].map((name) => ({ name: `rhosp13/openstack-${name}`, tag: '13.0' }));
const repeats = 5;
const here = new URL('.', import.meta.url).pathname;

const folder = await mkdtemp(join(tmpdir(), 'provision-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true }));
await execa('apt-get', ['install', '-y', '--no-install-recommends', 'time', 'ansible-core'], { stdout: 'ignore' });
await labUp({ vm: false, extra: ['client2', 'client3'] });

const rows: string[][] = [];
for (const hosts of [['registry1'], ['registry1', 'client2', 'client3']]) {
  const variables = { upstream: 'upstream:5000', archive: registry2, images };
  await writeFile(join(folder, 'vars.json'), JSON.stringify(variables));
  const reached = places.filter(({ name }) => hosts.includes(name));
  await writeFile(join(folder, 'ansible.yaml'), ansibleInventory(reached, { sshPort, clientKey, knownHosts }));
  await writeFile(join(folder, 'provision.yaml'), provisionInventory(reached, { sshPort, clientKey, knownHosts }));

  const ansible = await measure(hosts, [
    'ansible-playbook',
    ...['-i', join(folder, 'ansible.yaml'), '-e', `@${join(folder, 'vars.json')}`, '-f', '32'],
    join(here, 'ansible', 'playbook.yaml'),
  ]);
  const ours = await measure(hosts, [
    process.execPath,
    join(here, '..', 'dist', 'src', 'cli', 'main.js'),
    ...['-i', join(folder, 'provision.yaml'), '-e', `@${join(folder, 'vars.json')}`],
    join(here, 'site.yaml'),
  ]);
  const count = `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`;
  rows.push(
    ...compare(`first run, ${count}`, ansible.first, ours.first),
    ...compare(`no change, ${count}`, ansible.again, ours.again),
  );
}
console.log(table(['what', 'figure', 'ansible', 'provision', 'ratio'], rows));

async function measure(
  hosts: readonly string[],
  command: readonly string[],
): Promise<{ first: Sample; again: Sample }> {
  await resetHost(...hosts);
  await Promise.all(hosts.map((host) => prepare(host)));
  const first = await timed(command);
  const again: Sample[] = [];
  for (let turn = 0; turn <= repeats; turn++) again.push(await timed(command));
  return { first, again: median(again.slice(1)) };
}

async function prepare(host: string): Promise<void> {
  const { exitCode, stderr } = await ssh(host, 'apt-get install -y --no-install-recommends python3', {
    timeout: 300_000,
  });
  if (exitCode !== 0) throw new Error(`python3 on ${host}: ${stderr}`);
}

async function timed(command: readonly string[]): Promise<Sample> {
  const report = join(folder, 'time');
  const env = {
    ANSIBLE_PIPELINING: 'true',
    ANSIBLE_HOST_KEY_CHECKING: 'true',
    ANSIBLE_SSH_ARGS: `-F ${sshConfig} -o ControlMaster=auto -o ControlPersist=60s`,
    ANSIBLE_NOCOWS: '1',
    NO_COLOR: '1',
  };
  const { exitCode, stdout, stderr } = await execa('/usr/bin/time', ['-o', report, '-f', '%e %U %S %M', ...command], {
    env,
    reject: false,
  });
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
  const [seconds = 0, user = 0, system = 0, memory = 0] = (await readFile(report, 'utf8'))
    .trim()
    .split(' ')
    .map(Number);
  console.log(
    `${command[0]?.split('/').pop()}: ${seconds} s, ${(user + system).toFixed(2)} s CPU, ${Math.round(memory / 1024)} MB`,
  );
  return { seconds, cpu: user + system, memory };
}

function median(samples: readonly Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number) =>
    samples.map(pick).sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
  return { seconds: middle((s) => s.seconds), cpu: middle((s) => s.cpu), memory: middle((s) => s.memory) };
}

function compare(what: string, ansible: Sample, ours: Sample): string[][] {
  const row = (figure: string, a: number, b: number, unit: string) => [
    what,
    figure,
    `${a.toFixed(2)} ${unit}`,
    `${b.toFixed(2)} ${unit}`,
    (a / b).toFixed(1),
  ];
  return [
    row('time', ansible.seconds, ours.seconds, 's'),
    row('controller CPU', ansible.cpu, ours.cpu, 's'),
    row('controller memory, largest process', ansible.memory / 1024, ours.memory / 1024, 'MB'),
  ];
}
