import type { Command } from 'commander';
import { visibleMessage } from '../diagnostics/printable.js';

/** Has a command, and those below it, print what is wrong with its arguments in a line, whatever is in these. */
export function printUsageErrors(command: Command): void {
  command.configureOutput({ outputError: (text, write) => write(inOneLine(text)) });
  for (const each of command.commands) printUsageErrors(each);
}

/** Commander ends its message with a line of its own, where a known name is near. */
function inOneLine(text: string): string {
  const [, message = '', near = ''] = /^(.*?)(\n\(Did you mean [^\n]+\?\))?\n?$/s.exec(text) ?? [];
  return `${visibleMessage(message)}${near}\n`;
}
