import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { visibleLine } from '../../diagnostics/printable.js';
import { printErrorText } from './output.js';

const variable = 'PROVISION_BECOME_PASSWORD';

/**
 * The sudo password of a run: asked for once, with echo off, when `-K` says so; else from PROVISION_BECOME_PASSWORD,
 * which is taken out of the environment so that no process started later inherits it.
 */
export async function becomePassword(ask: boolean, diagnostics: Diagnostics): Promise<string | undefined> {
  const given = process.env[variable];
  delete process.env[variable];
  if (given !== undefined && given !== '') return given;
  if (!ask) return undefined;
  if (!process.stdin.isTTY) {
    diagnostics.add({
      code: 'become-password',
      message: '-K asks for the sudo password, but standard input is not a terminal',
      hint: `set ${variable} in the environment instead`,
    });
    return undefined;
  }
  return askSecret('BECOME password: ');
}

/** Asks on the terminal for what is not to be shown; empty when nothing was entered. */
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
