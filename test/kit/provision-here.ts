import { vi } from 'vitest';
import { statusOf } from '../../src/cli/command.js';
import type { ProvisionOptions } from './provision.js';

export interface HereResult {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command by its arguments, but in this process: to start it takes as long as most runs. Not for sites with
 * roles of their own, which would have another copy of the library, nor for what hides secrets in all that is printed.
 */
export async function provisionHere(
  args: readonly string[],
  { cwd, env = {} }: Pick<ProvisionOptions, 'env'> & { readonly cwd: string },
): Promise<HereResult> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text: string | Uint8Array, ...more: unknown[]) => {
      printed[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
      for (const each of more) if (typeof each === 'function') each();
      return true;
    }),
  );
  const variables = { NO_COLOR: '1', PROVISION_KEEP_RUNS: '0', ...env };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const status = await statusOf(['node', 'provision', ...args]);
    return { status, stdout: printed.stdout.replace(/\n$/, ''), stderr: printed.stderr.replace(/\n$/, '') };
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
