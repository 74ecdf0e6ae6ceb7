import { vi } from 'vitest';
import { statusOf } from '../../src/cli/command.js';

/** Output of a command, on both streams in order. */
export interface Said {
  readonly status: number;
  readonly output: string;
}

/** Runs a command in this process, on a terminal or off, without the last gate: each text must be right where it is made. */
export async function runOn(isTerminal: boolean, args: readonly string[]): Promise<Said> {
  let output = '';
  const was = { out: process.stdout.isTTY, err: process.stderr.isTTY, columns: process.stdout.columns };
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    output += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    for (const each of [encoding, done]) if (typeof each === 'function') each();
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(write));
  Object.assign(process.stdout, { isTTY: isTerminal, columns: isTerminal ? 100 : undefined });
  Object.assign(process.stderr, { isTTY: isTerminal });
  try {
    return { status: await statusOf(['node', 'provision', ...args]), output };
  } finally {
    for (const spy of spies) spy.mockRestore();
    Object.assign(process.stdout, { isTTY: was.out, columns: was.columns });
    Object.assign(process.stderr, { isTTY: was.err });
  }
}
