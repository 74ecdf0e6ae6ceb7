import { execa } from 'execa';
import { inCache } from './cache.js';
import { until } from './progress.js';

/** ssh's configuration for every host of the lab; `ssh -F` it to look around by hand. */
export const sshConfig = inCache('ssh_config');

export interface SshResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command on a host with the system's own ssh: the independent view that a test compares with.
 * Never throws for a command that fails; 255 means that ssh itself did. The last newline of the output is dropped.
 */
export async function ssh(
  host: string,
  command: string,
  options: { user?: string; input?: string | Uint8Array; timeout?: number } = {},
): Promise<SshResult> {
  const result = await execa('ssh', ['-F', sshConfig, '-l', options.user ?? 'root', host, command], {
    reject: false,
    timeout: options.timeout ?? 120_000,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  return { exitCode: result.exitCode ?? 255, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Waits until anyone may log in: sshd answers sooner, but lets none but root in while the system starts.
 * `gone` says why it never will, once that is known.
 */
export async function waitForLogin(
  host: string,
  deadline: number,
  gone: () => Promise<string | undefined>,
): Promise<void> {
  let last = '';
  const answers = async () => {
    const { exitCode, stderr } = await ssh(host, 'true', { user: 'guest', timeout: 30_000 });
    if (exitCode === 0) return true;
    last = stderr;
    const reason = await gone();
    if (reason !== undefined) throw new Error(`${host} is gone: ${reason}`);
    return false;
  };
  await until(`login to ${host}`, deadline, answers, () => last);
}
