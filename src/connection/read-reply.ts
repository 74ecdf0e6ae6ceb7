import { ConnectionError, type Request, type Response } from './connection.js';
import { lineFeed } from './line-feed.js';
import { gone, type UserProcess } from './user-process.js';

const defaultDeadline = 60;
/** Seconds for a script to begin after it was sent, beside its own. */
const patience = 30;
/** Seconds for its marks to arrive when its processes are to end; what ends them may take 30 of these (run-apart.ts). */
const grace = 40;

export interface ReplyOptions {
  readonly token: string;
  readonly where: string;
  /** Ends a process of the host and all below it. */
  readonly endProcesses: (pid: number) => Promise<void>;
  /** Told when the script runs, by its process id. */
  readonly onStart?: (pid: number) => void;
}

/** Reads what comes of one framed script, and ends it when its time is over. @throws ConnectionError when the link is lost */
export async function readReply(
  process: UserProcess,
  { deadline = defaultDeadline, onLine }: Pick<Request, 'deadline' | 'onLine'>,
  { token, where, endProcesses, onStart }: ReplyOptions,
): Promise<Response> {
  const out = collect(process.out, token, onLine);
  const err = collect(process.err, token, onLine);
  let timedOut = false;
  let failure: ConnectionError | undefined;
  let clock: NodeJS.Timeout;
  const giveUp = (why: string) => {
    failure ??= new ConnectionError('lost', `${where}: ${why}`);
    process.kill();
    process.out.end();
    process.err.end();
  };
  clock = setTimeout(() => giveUp(`no answer within ${deadline + patience} s`), (deadline + patience) * 1000);
  const expire = (pid: number) => {
    if (!(pid > 0)) return giveUp(`no answer within ${deadline} s, and no /proc to end the script by`);
    timedOut = true;
    clock = setTimeout(() => giveUp(`what had to end after ${deadline} s does not`), grace * 1000);
    endProcesses(pid).catch((error) => giveUp(error instanceof Error ? error.message : String(error)));
  };
  try {
    const begun = await out.begun;
    clearTimeout(clock);
    if (begun !== undefined) {
      const pid = Number(begun);
      onStart?.(pid);
      clock = setTimeout(() => expire(pid), deadline * 1000);
    }
    const [status] = await Promise.all([out.ended, err.ended]);
    if (status === undefined || failure !== undefined) throw failure ?? (await gone(process, where));
    return { status: timedOut ? 124 : Number(status), stdout: out.text(), stderr: err.text(), timedOut };
  } finally {
    clearTimeout(clock);
  }
}

interface Collected {
  /** What the mark before the output says. */
  readonly begun: Promise<string | undefined>;
  /** What the mark behind it says; undefined when the stream ended without. */
  readonly ended: Promise<string | undefined>;
  text(): string;
}

function collect(stream: UserProcess['out'], token: string, onLine: Request['onLine']): Collected {
  const chunks: Buffer[] = [];
  const lines = onLine === undefined ? undefined : lineFeed(onLine);
  // What comes before the mark was left behind by a process of an earlier script: it belongs to nobody.
  const begun = stream.until(token);
  const ended = begun.then(async (mark) => {
    if (mark === undefined) return undefined;
    const end = await stream.until(token, (chunk) => {
      chunks.push(chunk);
      lines?.push(chunk);
    });
    lines?.end();
    return end;
  });
  return { begun, ended, text: () => Buffer.concat(chunks).toString('utf8') };
}
