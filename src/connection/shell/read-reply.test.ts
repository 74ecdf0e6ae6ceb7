import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { MarkedStream } from './marked-stream.js';
import { readReply } from './read-reply.js';
import type { UserProcess } from './user-process.js';

/** A host that answers with these words. */
async function answered(out: string, err: string, deadline = 60) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const process: UserProcess = {
    stdin: new PassThrough(),
    stdout,
    stderr,
    out: new MarkedStream(stdout),
    err: new MarkedStream(stderr),
    ready: Promise.resolve(),
    ended: Promise.resolve({ status: 0, signal: undefined }),
    kill: () => {},
  };
  const endProcesses = vi.fn(async () => {});
  const reply = readReply(process, { deadline }, { token: 'T', where: 'web1', endProcesses });
  stdout.write(out);
  stderr.write(err);
  return { reply: await reply.catch((error: unknown) => error), endProcesses };
}

it('takes for an exit status what a shell gives, and nothing else', async () => {
  const { reply } = await answered('T 12;said T 255;', 'T;T;');
  expect(reply).toEqual({ status: 255, stdout: 'said ', stderr: '', timedOut: false });
  for (const status of ['99999999', '-1', '256', '0x10', '1e2', '', 'done', '0 0']) {
    const hostile = await answered(`T 12;T ${status};`, 'T;T;');
    expect(hostile.reply).toMatchObject({
      problem: 'shell',
      message: `web1: the shell on the host gives ${JSON.stringify(status)} for an exit status`,
    });
  }
});

it('ends no process by a number that is none', async () => {
  for (const pid of ['0', '-1', '1 reboot', '1e9', '']) {
    const { reply, endProcesses } = await answered(`T ${pid};`, 'T;', 0.01);
    expect(reply).toMatchObject({ message: 'web1: no answer within 0.01 s, and no /proc to end the script by' });
    expect(endProcesses).not.toHaveBeenCalled();
  }
});
