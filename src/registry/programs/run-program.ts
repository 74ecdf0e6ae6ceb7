import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RegistryError } from '../registry-error.js';

/** Outcome of a program. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly stdout: string;
  /** Last lines of its messages. */
  readonly stderr: string;
}

/** Bytes of a program's messages that are kept. */
const mostMessages = 64 << 10;

/** Runs a program to its end. @throws RegistryError `input` when it isn't there */
export async function runProgram(program: string, args: readonly string[], input?: Readable): Promise<ProgramEnd> {
  const child = spawn(program, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => void stdout.push(chunk));
  const stderr = keepMessages(child);
  const ended = endOf(child, program);
  if (input !== undefined && child.stdin !== null) {
    const fed = pipeline(input, child.stdin).catch((error: unknown) => {
      child.kill();
      // A program that ends early says itself why; an image that could not be read does not.
      if (error instanceof RegistryError) throw error;
    });
    await Promise.all([fed, ended]);
  }
  return { status: await ended, stdout: Buffer.concat(stdout).toString('utf8'), stderr: stderr() };
}

/** Starts a program whose output is a stream: it fails when the program does. Destroying it ends the program. */
export function streamProgram(program: string, args: readonly string[]): Readable {
  return Readable.from(outputOf(program, args), { objectMode: false, highWaterMark: 1 << 20 });
}

async function* outputOf(program: string, args: readonly string[]): AsyncGenerator<Buffer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stderr = keepMessages(child);
  const ended = endOf(child, program);
  ended.catch(() => undefined); // Told below, once its output has ended.
  try {
    for await (const chunk of child.stdout) yield chunk;
    const status = await ended;
    if (status !== 0)
      throw new RegistryError(
        'server',
        `${program} ${args[0]} failed: ${lastLine(stderr()) || `exit status ${status}`}`,
      );
  } finally {
    child.kill();
  }
}

/** Returns the last line that has something in it: what went wrong. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

function keepMessages(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-mostMessages);
  });
  return () => text;
}

function endOf(child: ChildProcess, program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'it is not installed' : error.message;
      reject(new RegistryError('input', `${program} cannot be run: ${why}`, { cause: error }));
    });
    child.once('close', (status) => resolve(status));
  });
}
