/*
 * Images of docker and podman pushed to a registry by `provision images push`, by the engine's own push, and by skopeo:
 * cold, where the registry has nothing, and again, where it has all. Whole commands in turns, on one machine; the image
 * has five layers, parts of the program of Node: what machines run is packed to a third. docker push and podman push need a tag first, which is not timed.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type StartedRegistry, startRegistry } from '../test/registry/proxy/start-registry.js';
import { table } from './table.js';

const turns = 3;
const layers = 5;
const layerBytes = 16 << 20;
const image = 'provision-bench/push:1';

interface Way {
  readonly name: string;
  readonly command: (host: string) => readonly string[];
}

const ways: Readonly<Record<'docker' | 'podman', readonly Way[]>> = {
  docker: [
    { name: 'provision', command: (host) => provision('docker', host) },
    { name: 'docker push', command: (host) => ['docker', 'push', '-q', `${host}/docker-push:1`] },
    { name: 'skopeo', command: (host) => skopeo(`docker-daemon:${image}`, host) },
  ],
  podman: [
    { name: 'provision', command: (host) => provision('podman', host) },
    {
      name: 'podman push',
      command: (host) => ['podman', 'push', '-q', '--tls-verify=false', image, `${host}/podman-push:1`],
    },
    { name: 'skopeo', command: (host) => skopeo(`containers-storage:localhost/${image}`, host) },
  ],
};

const folder = await mkdtemp(join(tmpdir(), 'provision-bench-push-'));
try {
  await makeImage();
  const rows: string[][] = [];
  for (const [engine, each] of Object.entries(ways)) {
    for (const { name, command } of each) {
      const cold: number[] = [];
      const again: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        const registry = await startRegistry();
        try {
          const host = new URL(registry.url).host;
          if (name === 'docker push') await execa('docker', ['tag', image, `${host}/docker-push:1`]);
          cold.push(await seconds(command(host), registry));
          again.push(await seconds(command(host), registry));
          if (name === 'docker push') await execa('docker', ['rmi', `${host}/docker-push:1`]);
        } finally {
          await registry.close();
        }
      }
      rows.push([engine, name, median(cold).toFixed(2), median(again).toFixed(2)]);
    }
  }
  console.log(table(['engine', 'by', 'cold, s', 'again, s'], rows));
} finally {
  await execa('docker', ['rmi', '-f', image], { reject: false });
  await execa('podman', ['rmi', '-f', image], { reject: false });
  await rm(folder, { recursive: true });
}

function provision(engine: string, host: string): readonly string[] {
  return ['node', 'dist/src/cli/main.js', 'images', 'push', image, '--engine', engine, '--to', host];
}

function skopeo(from: string, host: string): readonly string[] {
  return ['skopeo', 'copy', '-q', '--dest-tls-verify=false', from, `docker://${host}/skopeo:1`];
}

async function makeImage(): Promise<void> {
  const context = join(folder, 'context');
  await mkdir(context);
  const names = Array.from({ length: layers }, (_, at) => `layer${at}`);
  const program = await readFile(process.execPath);
  for (const [at, name] of names.entries())
    await writeFile(join(context, name), program.subarray(at * layerBytes, (at + 1) * layerBytes));
  await writeFile(
    join(context, 'Dockerfile'),
    ['FROM scratch', ...names.map((name) => `COPY ${name} /`), ''].join('\n'),
  );
  await execa('docker', ['build', '-q', '-t', image, context]);
  const tar = join(folder, 'image.tar');
  await execa('docker', ['save', '-o', tar, image]);
  await execa('podman', ['load', '-q', '-i', tar]);
}

async function seconds([program = '', ...args]: readonly string[], registry: StartedRegistry): Promise<number> {
  const began = performance.now();
  const { exitCode, stdout, stderr } = await execa(program, args, {
    env: { NO_COLOR: '1', XDG_STATE_HOME: join(folder, 'state') },
    reject: false,
  });
  if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')} at ${registry.url}: ${stdout}\n${stderr}`);
  return (performance.now() - began) / 1000;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
