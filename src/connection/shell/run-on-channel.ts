import type { Readable, Writable } from 'node:stream';
import type { Sh } from '../../sh.js';
import { ConnectionError, type Response } from '../connection.js';
import type { Transport } from '../process.js';
import { endProcesses } from './end-processes.js';
import { channelInput, channelScript } from './frame.js';
import { newToken } from './marked-stream.js';
import { readReply } from './read-reply.js';
import { startAs, type UserOptions, type UserProcess } from './user-process.js';

/** Options of {@link runOnChannel}. */
export interface ChannelOptions extends UserOptions {
  /** Seconds that the script may take. */
  readonly scriptDeadline: number;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Ends the script when it is aborted: the connection is being closed. */
  readonly signal?: AbortSignal;
}

/** Runs a script on a channel of its own. The rest of the channel's input is the script's standard input. */
export async function runOnChannel(
  transport: Transport,
  script: Sh,
  content: Readable | undefined,
  options: ChannelOptions,
): Promise<Response> {
  const token = newToken();
  const process = await startAs(transport, channelScript, options);
  const end = (pid: number) => endOnChannel(transport, pid, options);
  let start: (pid: number) => void = () => {};
  const started = new Promise<number>((resolve) => {
    start = resolve;
  });
  // A script that has not started yet is ended as soon as it has.
  const endNow = () =>
    void started
      .then(end)
      .catch(() => {}) // It never started, or the link is gone: it can only be killed from here.
      .finally(process.kill);
  options.signal?.addEventListener('abort', endNow, { once: true });
  try {
    process.stdin.write(channelInput(script, token));
    let broken: Error | undefined;
    send(content, process).catch((error: unknown) => {
      broken ??= error instanceof Error ? error : new Error(String(error));
      endNow();
    });
    const { onLine, scriptDeadline: deadline } = options;
    const reply = async () => {
      await process.ready;
      const request = onLine === undefined ? { deadline } : { deadline, onLine };
      return readReply(process, request, { token, where: transport.where, endProcesses: end, onStart: start });
    };
    const [result] = await Promise.allSettled([reply()]);
    // A source that cannot be read is the cause; the end of the script is its consequence.
    if (broken !== undefined) throw broken;
    content?.destroy();
    if (options.signal?.aborted) throw new ConnectionError('lost', `${transport.where}: the connection was closed`);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  } finally {
    options.signal?.removeEventListener('abort', endNow);
    process.stdin.end();
    void process.ended.then(process.kill);
  }
}

/** Seconds for the processes of a script to end, on a host that may be very busy. */
const endSeconds = 90;

/** Ends a process of the host and all below it, from a channel of its own. */
export async function endOnChannel(transport: Transport, pid: number, options: UserOptions): Promise<void> {
  const { as, becomePassword, deadline } = options;
  const ending = { as, becomePassword, deadline, scriptDeadline: endSeconds, ending: true };
  await runOnChannel(transport, endProcesses(pid), undefined, ending);
}

/** Writes as fast as the host reads. A script may end without reading everything. */
async function send(content: Readable | undefined, process: UserProcess): Promise<void> {
  const { stdin } = process;
  let ended = false;
  const end = process.ended.then(() => {
    ended = true;
  });
  for await (const chunk of content ?? []) {
    if (ended) return;
    if (!stdin.write(chunk)) await Promise.race([waitForDrain(stdin), end]);
  }
  stdin.end();
}

function waitForDrain(stdin: Writable): Promise<void> {
  return new Promise((resolve) => stdin.once('drain', resolve));
}
