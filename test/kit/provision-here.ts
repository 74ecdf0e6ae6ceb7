import { vi } from 'vitest';
import { provisionCommand } from '../../src/cli/command.js';
import { runSite } from '../../src/cli/site/run-site.js';
import { sessionOf } from '../../src/cli/site/session-of.js';

export interface HereResult {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a site by the arguments of the command, but in this process: to start the command takes as long as most runs. For
 * sites without roles of their own, which would have another copy of the library.
 */
export async function provisionHere(args: readonly string[], { cwd }: { readonly cwd: string }): Promise<HereResult> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  vi.stubEnv('NO_COLOR', '1');
  vi.stubEnv('PROVISION_KEEP_RUNS', '0');
  const before = process.cwd();
  process.chdir(cwd);
  let status: number | undefined;
  const command = provisionCommand(async (request) => {
    const session = sessionOf(request);
    status = await runSite(request, session, await session.load());
  });
  try {
    await command.parseAsync(args, { from: 'user' });
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
  return { status, ...printed };
}
