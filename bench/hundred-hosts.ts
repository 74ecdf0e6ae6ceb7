import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { type LoopbackHosts, startLoopbackHosts } from '../test/kit/connection/loopback-hosts.js';
import { writeSites } from './hundred-hosts-site.js';
import { TreeMemory } from './process-tree.js';
import { table } from './table.js';

/*
 * A run with nothing to do over a hundred hosts at once, by pipelined Ansible and by provision, in turns, straight and
 * with 50 ms between. Times are whole processes; what counts is the ratio within one run. Needs root, ansible-core and
 * `time`. Options for a smaller sample: --hosts, --forks, --tasks, --runs, --delays 0,50.
 */

interface Sample {
  readonly seconds: number;
  readonly cpu: number;
  readonly memory: number;
}

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    hosts: { type: 'string', default: '100' },
    forks: { type: 'string', default: '100' },
    tasks: { type: 'string', default: '40' },
    runs: { type: 'string', default: '3' },
    delays: { type: 'string', default: '0,50' },
    /** Only ours, with the profiler of V8, into this folder. */
    profile: { type: 'string' },
  },
});
const main = new URL('../dist/src/cli/main.js', import.meta.url).pathname;
const checkout = new URL('..', import.meta.url).pathname;

const hosts = await startLoopbackHosts(Number(values.hosts));
const distances: { kill(): void }[] = [];
try {
  const rows: string[][] = [];
  const sites = await writeSites(hosts.folder, hosts.ground, Number(values.tasks));
  for (const delay of values.delays.split(',').map(Number)) {
    const places = delay === 0 ? straight(hosts) : await distant(hosts);
    const inventory = join(hosts.folder, `inventory${delay}.yaml`);
    await writeFile(inventory, inventoryOf(places));
    const ours = [main, sites.site, '-i', inventory, '--output', 'lines', '-f', values.forks];
    const first = ours.with(-1, String(Math.min(8, Number(values.forks))));
    if (values.profile !== undefined) {
      await once(process.execPath, first, /changed=/);
      await once(process.execPath, ['--cpu-prof', '--cpu-prof-dir', values.profile, ...ours], /changed=0/);
      continue;
    }
    const theirs = ['-i', inventory, '-f', values.forks, sites.playbook];
    await once(process.execPath, first, /changed=/);
    // Ansible's connections are there before its run begins, as they are for who runs it again within minutes.
    await once('ansible', ['all', '-i', inventory, '-f', values.forks, '-m', 'raw', '-a', 'true'], /CHANGED/);
    const samples: { ansible: Sample[]; provision: Sample[] } = { ansible: [], provision: [] };
    for (let run = 0; run < Number(values.runs); run += 1) {
      samples.ansible.push(await once('ansible-playbook', theirs, /changed=0/));
      samples.provision.push(await once(process.execPath, ours, /changed=0/));
    }
    rows.push(
      ...compare(`${hosts.names.length} hosts, ${delay} ms`, median(samples.ansible), median(samples.provision)),
    );
  }
  if (rows.length > 0) console.log(table(['no change', 'figure', 'ansible', 'provision', 'ratio'], rows));
  const starts = [
    ['--help', await started(['--help']), '120 ms'],
    ['--syntax-check', await started(['site.yaml', '--syntax-check']), '300 ms'],
  ] as const;
  console.log(
    table(
      ['command', 'time', 'aim'],
      starts.map(([command, time, aim]) => [command, `${time} ms`, aim]),
    ),
  );
} finally {
  for (const distance of distances) distance.kill();
  const sockets = join(hosts.folder, 'cp');
  for (const socket of await readdir(sockets).catch(() => []))
    await execa('ssh', ['-o', `ControlPath=${join(sockets, socket)}`, '-O', 'exit', 'any'], { reject: false });
  await hosts.stop();
}

interface Reached {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

function straight({ names, addressOf, port }: LoopbackHosts): Reached[] {
  return names.map((name) => ({ name, address: addressOf(name), port }));
}

/** The same hosts with 50 ms between, by a process of its own. */
async function distant(all: LoopbackHosts): Promise<Reached[]> {
  const targets = all.names.map((name) => `${all.addressOf(name)}:${all.port}`);
  // Not through npx: what is killed in the end is the process itself.
  const jiti = join(checkout, 'node_modules/.bin/jiti');
  const proxy = execa(process.execPath, [jiti, join(checkout, 'bench/distance.ts'), ...targets], { reject: false });
  distances.push(proxy);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(proxy.stdout).once('line', resolve);
    void proxy.then(({ stderr }) => reject(new Error(`the proxy ended: ${stderr}`)));
  });
  const ports: number[] = JSON.parse(line);
  return all.names.map((name, index) => ({ name, address: '127.0.0.1', port: ports[index] ?? 0 }));
}

/** One inventory for both: the words are Ansible's, which both know. */
function inventoryOf(places: readonly Reached[]): string {
  const entries = places.map(({ name, address, port }) => [
    name,
    {
      ansible_host: address,
      ansible_port: port,
      ansible_user: 'root',
      ansible_ssh_private_key_file: hosts.clientKey,
      ansible_python_interpreter: '/usr/bin/python3',
      // All hosts share this machine's cores: that they are slow to answer is not the network's doing.
      ansible_timeout: 120,
      known_hosts_file: hosts.knownHosts,
    },
  ]);
  return JSON.stringify({ all: { hosts: Object.fromEntries(entries) } });
}

async function once(command: string, args: readonly string[], expected: RegExp): Promise<Sample> {
  const report = join(hosts.folder, 'time');
  const sockets = join(hosts.folder, 'cp');
  await mkdir(sockets, { recursive: true });
  const env = {
    ANSIBLE_PIPELINING: 'true',
    ANSIBLE_HOST_KEY_CHECKING: 'true',
    ANSIBLE_SSH_ARGS: `-o ControlMaster=auto -o ControlPersist=600s -o UserKnownHostsFile=${hosts.knownHosts} -o GlobalKnownHostsFile=/dev/null`,
    ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    ANSIBLE_NOCOWS: '1',
    NO_COLOR: '1',
    PROVISION_KEEP_RUNS: '0',
  };
  // A file, not a pipe: the connections that Ansible's ssh keeps would hold a pipe open behind its end.
  const said = join(hosts.folder, 'said');
  const output = openSync(said, 'w');
  const run = spawn('/usr/bin/time', ['-o', report, '-f', '%e %U %S', command, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  const memory = new TreeMemory(run.pid ?? 0, sockets);
  const exitCode = await new Promise((resolve) => run.once('exit', resolve));
  memory.stop();
  closeSync(output);
  const all = await readFile(said, 'utf8');
  if (exitCode !== 0 || !expected.test(all)) throw new Error(`${command} ended with ${exitCode}\n${all.slice(-3000)}`);
  if (expected.source === 'changed=0' && /changed=[1-9]/.test(all))
    throw new Error(`${command} changed something\n${all.slice(-3000)}`);
  const [seconds = 0, user = 0, system = 0] = (await readFile(report, 'utf8')).trim().split(' ').map(Number);
  const sample = { seconds, cpu: user + system, memory: memory.peak };
  const words = `${seconds} s, ${sample.cpu.toFixed(2)} s CPU, ${Math.round(sample.memory)} MB`;
  console.log(`${command.split('/').pop()}: ${words}`);
  return sample;
}

/** Milliseconds until a command of ours has ended: the median of nine. */
async function started(args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    const from = performance.now();
    await execa(process.execPath, [main, ...args], { cwd: checkout });
    times.push(performance.now() - from);
  }
  return Math.round(times.sort((a, b) => a - b)[4] ?? 0);
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
    row('controller memory, all processes', ansible.memory, ours.memory, 'MB'),
  ];
}
