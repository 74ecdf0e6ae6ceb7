import { InputError } from '../../diagnostics/diagnostic.js';
import { visibleBlock } from '../../diagnostics/printable.js';
import { RegistryError } from '../../registry/registry-error.js';
import { wantsColour } from './colour.js';
import { printErrorText, printMessage } from './output.js';

/** Prints the error of a command on standard error, and returns the exit status for it. */
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
  const isTraced = (request.verbose ?? 0) >= 3;
  printMessage(`internal error: ${message} (please report it${isTraced ? '' : '; -vvv shows the stack'})`);
  if (isTraced && error instanceof Error) for (const call of callsOf(error)) printMessage(call);
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
