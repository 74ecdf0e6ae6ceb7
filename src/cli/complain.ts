import { InputError } from '../diagnostics/diagnostic.js';
import { RegistryError } from '../registry/registry-error.js';
import { wantsColour } from './colour.js';

/** Says on standard error what went wrong with a command, and gives the exit status for it. */
export async function complainOf(
  error: unknown,
  request: { readonly color?: boolean | undefined; readonly verbose?: number },
): Promise<number> {
  if (error instanceof InputError) {
    const { printDiagnostics } = await import('../diagnostics/print.js');
    const color = wantsColour(process.stderr, request.color);
    process.stderr.write(`${printDiagnostics(error.diagnostics, { color, cwd: process.cwd() }).trimEnd()}\n`);
    return 1;
  }
  if (error instanceof RegistryError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
    return error.kind === 'input' ? 1 : error.kind === 'unreachable' ? 4 : 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`provision: this should not have happened: ${message}\n`);
  if ((request.verbose ?? 0) < 3) process.stderr.write('  -vvv shows where it happened\n');
  else if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 255;
}
