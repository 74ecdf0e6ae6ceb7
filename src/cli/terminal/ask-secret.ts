import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { visibleLine } from '../../diagnostics/printable.js';
import type { HiddenInput } from '../../library/session/hidden-input.js';
import { printErrorText } from './output.js';

/** Returns the function that asks for secrets here; undefined where there is no terminal. */
export function terminalInput(): HiddenInput | undefined {
  return process.stdin.isTTY ? askSecret : undefined;
}

/** Asks for a secret on the terminal, without showing it; empty when nothing was entered. */
export function askSecret(prompt: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  printErrorText(visibleLine(prompt));
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true, historySize: 0 });
  return new Promise((resolve) => {
    const end = (answer: string) => {
      printErrorText('\n');
      resolve(answer);
      lines.close();
    };
    lines.once('line', end);
    lines.once('SIGINT', () => {
      printErrorText('\n');
      lines.close();
      process.exit(130);
    });
    lines.once('close', () => resolve(''));
  });
}
