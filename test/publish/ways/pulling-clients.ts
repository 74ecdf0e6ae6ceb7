import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { digestOf } from '../../../src/registry/digest.js';

/** What a client says of an image that it has pulled. */
export interface PulledImage {
  /** Digest by which it knows the tag. */
  readonly digest: string;
  /** Digest of the manifest, or of the configuration, that it chose by its platform. */
  readonly chosen: string;
}

/** Client that pulls an image for a platform, and keeps nothing of it. */
export interface PullingClient {
  readonly name: string;
  /** Digest that it tells a pulled platform by. */
  readonly chosenBy: 'manifest' | 'config';
  readonly isThere: boolean;
  pull(image: string, architecture: string): Promise<PulledImage>;
}

const containerd = ['/run/docker/containerd/containerd.sock', '/run/containerd/containerd.sock'].find((path) =>
  existsSync(path),
);

/** Runs a program. @returns its standard output @throws Error with what it printed */
async function must(program: string, ...args: readonly string[]): Promise<string> {
  return (await execa(program, args)).stdout;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'publish-pulled-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const skopeo: PullingClient = {
  name: 'skopeo',
  chosenBy: 'manifest',
  isThere: true,
  pull: (image, architecture) =>
    inFolder(async (folder) => {
      const platform = ['--insecure-policy', '--override-os', 'linux', '--override-arch', architecture];
      await must('skopeo', ...platform, 'copy', '--src-tls-verify=false', `docker://${image}`, `dir:${folder}`);
      const inspected = await must('skopeo', ...platform, 'inspect', '--tls-verify=false', `docker://${image}`);
      return {
        digest: JSON.parse(inspected).Digest,
        chosen: digestOf(readFileSync(join(folder, 'manifest.json'))),
      };
    }),
};

const podman: PullingClient = {
  name: 'podman',
  chosenBy: 'config',
  isThere: true,
  pull: (image, architecture) =>
    inFolder(async (folder) => {
      const own = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
      try {
        await must('podman', ...own, 'pull', '--quiet', '--tls-verify=false', '--arch', architecture, image);
        const [inspected] = JSON.parse(await must('podman', ...own, 'image', 'inspect', image));
        return { digest: inspected.Digest, chosen: `sha256:${inspected.Id}` };
      } finally {
        await must('podman', ...own, 'system', 'reset', '--force');
      }
    }),
};

const docker: PullingClient = {
  name: 'docker',
  chosenBy: 'config',
  isThere: existsSync('/var/run/docker.sock'),
  pull: (image, architecture) =>
    inFolder(async (folder) => {
      const own = ['--config', folder];
      const said = await must('docker', ...own, 'pull', '--platform', `linux/${architecture}`, image);
      const chosen = (await must('docker', ...own, 'image', 'inspect', '--format', '{{.Id}}', image)).trim();
      await must('docker', ...own, 'image', 'rm', '--force', image);
      return { digest: /^Digest: (\S+)$/m.exec(said)?.[1] ?? said, chosen };
    }),
};

const ctr: PullingClient = {
  name: 'ctr',
  chosenBy: 'manifest',
  isThere: containerd !== undefined,
  pull: async (image, architecture) => {
    const namespace = `test-${process.pid}-${randomBytes(4).toString('hex')}`;
    const own = (...args: string[]) => must('ctr', '-a', containerd ?? '', '-n', namespace, ...args);
    try {
      await own('images', 'pull', '--plain-http', '--platform', `linux/${architecture}`, image);
      const list = await own('images', 'list', `name==${image}`);
      const digest = /\bsha256:[0-9a-f]{64}\b/.exec(list)?.[0] ?? list;
      const content = (await own('content', 'list', '--quiet')).trim().split('\n');
      return { digest, chosen: await chosenOf(content, own) };
    } finally {
      // Where the pull has failed there is no image to remove: what it says is the test's failure.
      await execa('ctr', ['-a', containerd ?? '', '-n', namespace, 'images', 'remove', '--sync', image], {
        reject: false,
      });
      await execa('ctr', ['-a', containerd ?? '', 'namespaces', 'remove', namespace], { reject: false });
    }
  },
};

/** Returns the digest of the only image manifest that containerd has. */
async function chosenOf(content: readonly string[], own: (...args: string[]) => Promise<string>): Promise<string> {
  const found: string[] = [];
  for (const digest of content) {
    const bytes = await own('content', 'get', digest);
    if (/^\{"schemaVersion":2,.*"config":/.test(bytes)) found.push(digest);
  }
  return found.join(' ');
}

/** Clients that people pull with. Those that need a daemon are there where it runs. */
export const pullingClients: readonly PullingClient[] = [skopeo, podman, docker, ctr];
