import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { ImageSetMaker } from '../registry/proxy/image-set.js';
import { populate } from '../registry/proxy/populate.js';

/** Clients of a test, each with credentials of its own. A command that fails fails the test. */
export interface RealClients {
  readonly home: string;
  skopeo(...args: readonly string[]): Promise<string>;
  podman(...args: readonly string[]): Promise<string>;
  docker(...args: readonly string[]): Promise<string>;
  /** Runs docker, whatever comes of it. @returns what it said, and its status */
  tryDocker(...args: readonly string[]): Promise<{ readonly text: string; readonly status: number | undefined }>;
  /** Logs docker and podman in. */
  login(host: string, as: readonly [string, string]): Promise<void>;
  /** Makes an image of so many layers. @returns its folder, as skopeo reads it: `dir:…` */
  image(seed: string, layers: number): Promise<string>;
  close(): Promise<void>;
}

/** True where there is a docker daemon. */
export const hasDocker = existsSync('/var/run/docker.sock');

/** Makes clients whose files are in a folder. */
export async function realClients(folder: string): Promise<RealClients> {
  const home = join(folder, 'home');
  await mkdir(home);
  const auth = join(home, 'podman.json');
  await writeFile(auth, '{}');
  const run = async (command: string, args: readonly string[], input?: string) => {
    const { exitCode, stdout, stderr } = await execa(command, args, {
      reject: false,
      env: { HOME: home, REGISTRY_AUTH_FILE: auth },
      ...(input === undefined ? {} : { input }),
    });
    return { status: exitCode, text: `${stdout}\n${stderr}` };
  };
  const must = async (...given: Parameters<typeof run>) => {
    const { status, text } = await run(...given);
    expect(status, `${given[0]} ${given[1].join(' ')}: ${text}`).toBe(0);
    return text;
  };
  const podmanArgs = ['--root', join(home, 'root'), '--runroot', join(home, 'run'), '--storage-driver', 'vfs'];
  const dockerArgs = ['--config', join(home, 'docker')];
  return {
    home,
    skopeo: (...args) => must('skopeo', ['--override-arch', 'amd64', ...args]),
    podman: (...args) => must('podman', [...podmanArgs, ...args]),
    docker: (...args) => must('docker', [...dockerArgs, ...args]),
    tryDocker: (...args) => run('docker', [...dockerArgs, ...args]),
    login: async (host, [name, password]) => {
      await must('podman', ['login', '--tls-verify=false', '-u', name, '--password-stdin', host], password);
      if (hasDocker) await must('docker', [...dockerArgs, 'login', '-u', name, '--password-stdin', host], password);
    },
    image: async (seed, count) => {
      const set = new ImageSetMaker();
      const layers = Array.from({ length: count }, (_, at) => set.layer(`${seed} ${at}`, 3000));
      set.tag('made/here', '1', set.image('made/here', layers, { seed }));
      const source = await serveRegistry({ dir: join(home, `source-${seed}`) });
      await populate(source.url, set);
      const dir = `dir:${home}/image-${seed}`;
      await must('skopeo', [
        '--override-arch',
        'amd64',
        'copy',
        '--src-tls-verify=false',
        `docker://${source.host}/made/here:1`,
        dir,
      ]);
      await source.close();
      return dir;
    },
    close: async () => {
      await run('podman', [...podmanArgs, 'system', 'reset', '--force']);
    },
  };
}
