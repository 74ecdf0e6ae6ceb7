import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Way } from './converge-locally.js';
import { endShellsOf } from './long-lived-shell.js';

/** Tells that this machine lets a test have mounts of its own: Linux, root, and a kernel that allows it. */
export const canSandbox =
  process.getuid?.() === 0 && spawnSync('unshare', ['-m', '--propagation', 'private', 'true']).status === 0;

/** Copies of what resources change, with this machine's own below them. */
const setUp = `
mkdir "$0/etc" "$0/state" && cp -a /etc/. "$0/etc" && : >"$0/etc/fstab" &&
mount --bind "$0/etc" /etc && mkdir -p /var/lib/provision && mount --bind "$0/state" /var/lib/provision &&
echo ready && exec sleep 100000`;

/**
 * This machine, with mounts, an /etc and records of its own, so that a test may mount, write to /etc and make accounts. Its
 * mounts are gone with it.
 */
export class SandboxedHost {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** @param folder an empty folder for what the sandbox writes */
  static async start(folder: string): Promise<SandboxedHost> {
    const process = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', setUp, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await Promise.race([
      once(process.stdout, 'data'),
      once(process, 'exit').then(() => {
        throw new Error('the sandbox could not be made');
      }),
    ]);
    return new SandboxedHost(process);
  }

  /** Words before a command that runs in it. */
  get way(): Way {
    return ['nsenter', '-t', String(this.#process.pid), '-m', '--'];
  }

  async stop(): Promise<void> {
    endShellsOf(this.way);
    if (this.#process.exitCode === null && this.#process.kill('SIGKILL')) await once(this.#process, 'exit');
  }
}
