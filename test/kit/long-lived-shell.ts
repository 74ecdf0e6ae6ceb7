import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Reply } from '../../src/model/resource.js';

/**
 * Shells that run scripts one after the other, each in a subshell, as on a host. To start a shell for each script takes
 * more processor time than most scripts do, above all from a process as large as one that has run many files of tests.
 */
const idle = new Map<string, LongLivedShell[]>();
let startedWith = '';

/** Runs a script in a shell that is free, or in another. The words are its command, as `['busybox', 'sh']`. */
export async function runInShell(words: readonly string[], script: string, input: string | Uint8Array): Promise<Reply> {
  // What a test has changed, PATH above all, a shell that runs already doesn't know.
  const surroundings = JSON.stringify([process.cwd(), process.env]);
  if (surroundings !== startedWith) for (const key of [...idle.keys()]) endShells(key);
  startedWith = surroundings;
  const key = JSON.stringify(words);
  const shell = idle.get(key)?.pop() ?? new LongLivedShell(words);
  const reply = await shell.run(script, input);
  if (surroundings !== startedWith) shell.end();
  else idle.set(key, [...(idle.get(key) ?? []), shell]);
  return reply;
}

/** Ends the free shells that were started by a command with these words at its beginning. */
export function endShellsOf(words: readonly string[]): void {
  const start = JSON.stringify(words).slice(0, -1);
  for (const key of [...idle.keys()]) if (key.startsWith(start)) endShells(key);
}

function endShells(key: string): void {
  for (const shell of idle.get(key) ?? []) shell.end();
  idle.delete(key);
}

class LongLivedShell {
  readonly #child: ChildProcessWithoutNullStreams;
  /** Rejects when the shell has ended, with the reason. */
  readonly #gone: Promise<never>;
  readonly #token = `mark-${randomBytes(12).toString('hex')}`;

  constructor([command = '', ...args]: readonly string[]) {
    this.#child = spawn(command, args);
    this.#child.stdin.on('error', () => {}); // It has ended, which says more.
    this.#gone = once(this.#child, 'close').then(([status, signal]) => {
      throw new Error(`the shell has ended (${signal ?? `status ${status}`})`);
    });
    this.#gone.catch(() => {}); // Whoever waits for a script gets it.
    // No reason for this process to stay; when it ends, the shell reads the end of its input.
    this.#child.unref();
    for (const stream of this.#child.stdio) if (stream instanceof Socket) stream.unref();
  }

  async run(script: string, input: string | Uint8Array): Promise<Reply> {
    const file = input.length === 0 ? '/dev/null' : writeInput(input);
    const { stdin, stdout, stderr } = this.#child;
    const printed = Promise.all([this.#marked(stdout), this.#marked(stderr)]);
    const mark = (where: string, rest: string) => `printf '%s${where};' ${this.#token} ${rest}; `;
    const run = `( eval ${quoted(script)} ) <${quoted(file)}; `;
    stdin.write(`${mark('(', '')}${mark('(', '>&2')}${run}${mark(')%s', '"$?"')}${mark(')', '>&2')}\n`);
    try {
      const [out, err] = await Promise.race([printed, this.#gone]);
      return { status: Number(out.mark), stdout: out.text, stderr: err.text };
    } finally {
      if (input.length > 0) rmSync(file);
    }
  }

  end(): void {
    this.#child.stdin.end();
  }

  /** Reads a stream from one mark to the next. Before them may be output of what an earlier script has left running. */
  #marked(stream: Readable): Promise<{ readonly text: string; readonly mark: string }> {
    return new Promise((resolve) => {
      let all = Buffer.alloc(0);
      const onData = (piece: Buffer) => {
        all = Buffer.concat([all, piece]);
        const end = all.lastIndexOf(`${this.#token})`);
        if (end < 0 || all.at(-1) !== semicolon) return;
        stream.off('data', onData);
        const start = all.indexOf(`${this.#token}(;`) + this.#token.length + 2;
        resolve({
          text: all.toString('utf8', start, end),
          mark: all.toString('utf8', end + this.#token.length + 1, all.length - 1),
        });
      };
      stream.on('data', onData);
    });
  }
}

const semicolon = 59;

let inputs = 0;

function writeInput(input: string | Uint8Array): string {
  inputs += 1;
  const file = join(tmpdir(), `provision-input-${process.pid}-${inputs}`);
  writeFileSync(file, input, { mode: 0o600 });
  return file;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
