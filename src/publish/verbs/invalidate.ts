import { Readable } from 'node:stream';
import { lastLine, runProgram } from '../../registry/programs/run-program.js';
import { RegistryError } from '../../registry/registry-error.js';

/** Options of {@link invalidate}. */
export interface InvalidateOptions {
  /** Command of a shell. It is given the addresses on its standard input, one a line. */
  readonly command: string;
  /** Address below which the keys are served; undefined: it is given paths. */
  readonly url: string | undefined;
  readonly keys: readonly string[];
}

/**
 * Tells the caches before a store what changed in it, by a command of whoever runs them. It does nothing where nothing changed.
 * @returns the count of addresses that the command was given
 * @throws RegistryError `server` where it fails: what was stored stays
 */
export async function invalidate({ command, url = '', keys }: InvalidateOptions): Promise<number> {
  if (keys.length === 0) return 0;
  const addresses = keys.map((key) => `${url.replace(/\/$/, '')}/${encodeURI(key)}\n`);
  const { status, stdout, stderr } = await runProgram('sh', ['-c', command], Readable.from(addresses));
  if (status === 0) return keys.length;
  const why = lastLine(stderr) || lastLine(stdout) || `exit status ${status}`;
  throw new RegistryError('server', `what changed is stored, and caches were not told of it: ${why}`, {
    hint: `run it yourself with the address of each object that changed on its standard input: ${command}`,
  });
}
