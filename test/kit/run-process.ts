import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Reply } from '../../src/model/resource.js';

/**
 * Runs a command to its end. Tests start thousands, which is why this does no more than it must: execa takes three times
 * as long for each.
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<Reply> {
  const child = spawn(command, args);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 255));
  });
  child.stdin.on('error', () => {}); // It need not read what it is given.
  child.stdin.end(input);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

/** Collects what a stream brings. @returns what gives it, once the stream has ended */
function textOf(stream: Readable): () => string {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}
