import { InputError } from '../../diagnostics/diagnostic.js';
import { visibleBlock } from '../../diagnostics/printable.js';
import { RegistryError } from '../../registry/registry-error.js';
import { wantsColour } from './colour.js';
import { printErrorText, printMessage } from './output.js';

/** Says on standard error what went wrong with a command, and gives the exit status for it. */
export async function complainOf(
  error: unknown,
  request: { readonly color?: boolean | undefined; readonly verbose?: number },
): Promise<number> {
  if (error instanceof InputError) {
    const { printDiagnostics } = await import('../../diagnostics/print.js');
    const color = wantsColour(process.stderr, request.color);
    printErrorText(`${printDiagnostics(error.diagnostics, { color, cwd: process.cwd() }).trimEnd()}\n`);
    return 1;
  }
  if (error instanceof RegistryError) {
    printMessage(`error: ${error.message}`);
    if (error.hint !== undefined) printErrorText(`  ${visibleBlock(error.hint)}\n`);
    return error.kind === 'input' ? 1 : error.kind === 'unreachable' ? 4 : 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  printMessage(`provision: this should not have happened: ${message}`);
  if ((request.verbose ?? 0) < 3) printMessage('  -vvv shows where it happened');
  else if (error instanceof Error) for (const call of callsOf(error)) printMessage(call);
  return 255;
}

/** Returns the lines of a stack, without the message, which may have lines of its own. */
function callsOf({ message, stack = '' }: Error): string[] {
  const at = stack.indexOf(message);
  return stack
    .slice(at === -1 ? 0 : at + message.length)
    .split('\n')
    .filter((line) => line !== '');
}
