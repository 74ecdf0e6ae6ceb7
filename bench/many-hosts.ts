import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import ssh2 from 'ssh2';
import { startSshd } from '../test/kit/connection/sshd.js';
import { writeSites } from './hundred-hosts-site.js';
import { startRecorder } from './replay-record.js';
import { table } from './table.js';

/*
 * Measures the CPU and memory of the controller for each host of a large run with nothing to do. One session of a real sshd is recorded and
 * played to every connection by servers in processes of their own. CPU and memory a host are the slope between two
 * numbers of hosts. Another checkout, built, may be measured in turns with this one. Needs root.
 */
const { values, positionals } = parseArgs({
  args: process.argv.slice(3),
  allowPositionals: true,
  options: {
    hosts: { type: 'string', default: '100,400' },
    forks: { type: 'string', default: '32' },
    tasks: { type: 'string', default: '40' },
    pairs: { type: 'string', default: '3' },
    /** Folder for profiles of V8, of this checkout alone. */
    profile: { type: 'string' },
  },
});

interface Use {
  readonly cpu: number;
  readonly rss: number;
  readonly heap: number;
  readonly stall: number;
}

const here = new URL('..', import.meta.url).pathname;
const checkouts = [here, ...positionals.map((path) => resolve(path))];
const sizes = values.hosts.split(',').map(Number);
const folder = await mkdtemp(join(tmpdir(), 'provision-many-'));
const servers: ChildProcess[] = [];
/** Called when a host has been let go. */
let onClosed = () => {};
const sshd = await startSshd();
try {
  const site = await writeSite();
  const { private: hostKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');
  await record(site, hostKey, publicKey);
  // Two names at one address and port would be one machine.
  const each = Math.ceil(Math.max(...sizes) / 2);
  const ports = (await Promise.all([each, each].map(startServer))).flat();
  for (const size of sizes) await writeInventory(`hosts${size}`, size, ports, publicKey);
  const rows: string[][] = [];
  const samples = new Map<string, Use[]>();
  for (let pair = 0; pair < Number(values.pairs); pair += 1) {
    for (const checkout of checkouts) {
      for (const size of sizes) {
        const use = await measure(checkout, site, size);
        const key = `${checkout}\0${size}`;
        samples.set(key, [...(samples.get(key) ?? []), use]);
      }
    }
  }
  for (const checkout of checkouts) {
    const uses = sizes.map((size) => medianOf(samples.get(`${checkout}\0${size}`) ?? []));
    for (const [index, use] of uses.entries()) rows.push([checkout, `${sizes[index]} hosts`, ...cells(use)]);
    const [first, last] = [uses[0], uses.at(-1)];
    const more = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
    if (first === undefined || last === undefined || more === 0) continue;
    const slope = (of: 'cpu' | 'rss' | 'heap', digits: number) => ((last[of] - first[of]) / more).toFixed(digits);
    rows.push([checkout, 'a host', `${slope('cpu', 1)} ms`, `${slope('rss', 3)} MB`, `${slope('heap', 3)} MB`, '']);
  }
  process.stdout.write(`${table(['checkout', '', 'CPU', 'largest', 'heap after gc', 'longest stall'], rows)}\n`);
} finally {
  for (const server of servers) server.kill();
  await sshd.stop();
  await rm(folder, { recursive: true, force: true });
}

function cells({ cpu, rss, heap, stall }: Use): string[] {
  return [`${cpu.toFixed(0)} ms`, `${rss.toFixed(0)} MB`, `${heap.toFixed(1)} MB`, `${stall.toFixed(0)} ms`];
}

/** Returns the medians: what else the machine does makes a figure larger, never smaller. */
function medianOf(uses: readonly Use[]): Use {
  const median = (of: keyof Use) => uses.map((use) => use[of]).sort((a, b) => a - b)[Math.floor(uses.length / 2)] ?? 0;
  return { cpu: median('cpu'), rss: median('rss'), heap: median('heap'), stall: median('stall') };
}

/** Writes a site whose tasks are the same on all hosts, so that one recorded session fits them all. */
async function writeSite(): Promise<string> {
  const { site } = await writeSites(folder, join(folder, 'ground'), Number(values.tasks));
  for (let index = 0; index < Number(values.tasks); index += 1) {
    const template = join(folder, 'templates', `template${index}.hbs`);
    if (!existsSync(template)) continue; // Not each task has one.
    const text = await readFile(template, 'utf8');
    await writeFile(template, text.replaceAll('{{inventory_hostname}}', '{{index}}'));
  }
  return site;
}

async function writeInventory(
  name: string,
  size: number,
  ports: readonly number[],
  publicKey: string,
): Promise<string> {
  const known = join(folder, `known_hosts_${name}`);
  await writeFile(known, ports.map((port) => `[127.0.0.1]:${port} ${publicKey}\n`).join(''));
  const hosts: Record<string, unknown> = {};
  for (let index = 0; index < size; index += 1) {
    const port = ports[index];
    hosts[`host${String(index).padStart(5, '0')}`] = { ansible_host: '127.0.0.1', ansible_port: port, index: 7 };
  }
  const vars = {
    ...{ ansible_user: 'root', ansible_ssh_private_key_file: `${sshd.folder}/client_key`, known_hosts_file: known },
  };
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ all: { hosts, vars } }));
  return file;
}

async function record(site: string, hostKey: string, publicKey: string): Promise<void> {
  const recorder = await startRecorder(sshd, hostKey);
  try {
    await writeInventory('recorded', 1, [recorder.port], publicKey);
    await run(here, site, 'recorded', {});
    const before = recorder.recorded().length;
    const second = await run(here, site, 'recorded', {});
    if (!/changed=0/.test(second)) throw new Error(`the second run of the site changed something:\n${second}`);
    const commands = recorder.recorded().slice(before);
    await writeFile(join(folder, 'recording.json'), JSON.stringify({ hostKey, commands }));
  } finally {
    recorder.stop();
  }
}

async function startServer(count: number): Promise<number[]> {
  const program = new URL('replay-serve.ts', import.meta.url).pathname;
  const jiti = join(here, 'node_modules/.bin/jiti');
  const server = spawn(jiti, [program, join(folder, 'recording.json'), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  servers.push(server);
  const lines = createInterface(server.stdout);
  const [ports]: unknown[] = await once(lines, 'line');
  lines.on('line', () => onClosed());
  return JSON.parse(String(ports));
}

async function measure(checkout: string, site: string, size: number): Promise<Use> {
  const use = join(folder, 'use.json');
  const output = await run(checkout, site, `hosts${size}`, { PROVISION_BENCH_USE: use }, size - Number(values.forks));
  const done = output.split('\n').filter((line) => /ok=\d+ +changed=0 .*unreachable=0 +failed=0/.test(line)).length;
  if (done !== size) throw new Error(`${done} of ${size} hosts had nothing to do:\n${output.slice(-3000)}`);
  return JSON.parse(await readFile(use, 'utf8'));
}

/** Runs a site. @param collectAt number of hosts that have ended when the memory in use is noted */
async function run(
  checkout: string,
  site: string,
  inventory: string,
  environment: Record<string, string>,
  collectAt = Number.POSITIVE_INFINITY,
): Promise<string> {
  const isMeasured = environment.PROVISION_BENCH_USE !== undefined;
  const preload = ['--expose-gc', '--import', join(here, 'bench/controller-use.mjs')];
  const profile = values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile];
  const command = [join(checkout, 'dist/src/cli/main.js'), site, '-i', join(folder, `${inventory}.json`)];
  const options = ['--output', 'lines', '-f', values.forks];
  const child = spawn(process.execPath, [...(isMeasured ? [...preload, ...profile] : []), ...command, ...options], {
    cwd: folder,
    env: { ...process.env, PROVISION_KEEP_RUNS: '0', SSH_AUTH_SOCK: '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let ended = 0;
  onClosed = () => {
    ended += 1;
    if (isMeasured && ended === Math.max(1, collectAt)) child.kill('SIGUSR2');
  };
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) lines.push(line);
  return lines.join('\n');
}
