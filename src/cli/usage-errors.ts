import type { Command } from 'commander';
import { visibleMessage } from '../diagnostics/printable.js';

/** Makes a command, and those below it, print errors of arguments in one line, whatever is in them. */
export function printUsageErrors(command: Command): void {
  command.configureOutput({ outputError: (text, write) => write(inOneLine(text)) });
  for (const each of command.commands) printUsageErrors(each);
}

/** Puts a message in one line. Commander adds a line of its own, where a known name is near. */
function inOneLine(text: string): string {
  const [, message = '', near = ''] = /^(.*?)(\n\(Did you mean [^\n]+\?\))?\n?$/s.exec(text) ?? [];
  return `${visibleMessage(message)}${near}\n`;
}
