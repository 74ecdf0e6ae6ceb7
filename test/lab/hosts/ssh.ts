import { execa } from 'execa';
import { inCache } from '../machine/cache.js';
import { until } from '../machine/progress.js';

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
  options: { user?: string; input?: string | Uint8Array; timeout?: number; connectTimeout?: number } = {},
): Promise<SshResult> {
  const { connectTimeout = 10_000 } = options;
  const args = ['-F', sshConfig, '-o', `ConnectTimeout=${connectTimeout / 1000}`, '-l', options.user ?? 'root'];
  const result = await execa('ssh', [...args, host, command], {
    reject: false,
    timeout: options.timeout ?? 120_000,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  return { exitCode: result.exitCode ?? 255, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Waits until anyone may log in: sshd answers sooner, but lets none but root in while the system starts.
 * `gone` says why it never will, once that is known. With `report`, lines are printed meanwhile, as `until` does.
 */
export async function waitForLogin(
  host: string,
  deadline: number,
  gone: () => Promise<string | undefined>,
  report?: () => Promise<string>,
): Promise<void> {
  let last = '';
  // A virtual machine on a busy host takes minutes for a handshake that is done in a moment elsewhere.
  const patience = report === undefined ? { timeout: 30_000 } : { timeout: 180_000, connectTimeout: 120_000 };
  const answers = async () => {
    const { exitCode, stderr } = await ssh(host, 'true', { user: 'guest', ...patience });
    if (exitCode === 0) return true;
    last = stderr;
    const reason = await gone();
    if (reason !== undefined) throw new Error(`${host} is gone: ${reason}`);
    return false;
  };
  await until(`login to ${host}`, deadline, answers, { why: () => last, ...(report && { report }) });
}
