import { ConnectionError, type Request, type Response } from '../connection.js';
import { KeptOutput } from '../kept-output.js';
import { lineFeed } from './line-feed.js';
import { endedError, type UserProcess } from './user-process.js';

/** Default seconds that a script may take. */
const defaultDeadline = 60;
/** Seconds for a script to start after it was sent, beside its own. */
const patience = 30;
/** Seconds for its marks to arrive once its processes are being ended, which may take 90 of them (run-on-channel.ts). */
const grace = 100;
/** Most bytes that a script may print on a stream; then it is ended. */
const mostPrinted = 1024 * 1024 * 1024;

/** Options of {@link readReply}. */
export interface ReplyOptions {
  readonly token: string;
  readonly where: string;
  /** Ends a process of the host and all below it. */
  readonly endProcesses: (pid: number) => Promise<void>;
  /** Called with the process id when the script runs. */
  readonly onStart?: (pid: number) => void;
}

/** Reads the reply of one framed script, and ends it when its time is over. @throws ConnectionError when the link is lost */
export async function readReply(
  process: UserProcess,
  { deadline = defaultDeadline, onLine }: Pick<Request, 'deadline' | 'onLine'>,
  { token, where, endProcesses, onStart }: ReplyOptions,
): Promise<Response> {
  let isEnded = false;
  let timedOut = false;
  let pid = 0;
  let failure: ConnectionError | undefined;
  let clock: NodeJS.Timeout;
  const giveUp = (why: string) => {
    failure ??= new ConnectionError('lost', `${where}: ${why}`);
    process.kill();
    process.out.end();
    process.err.end();
  };
  clock = setTimeout(() => giveUp(`no answer within ${deadline + patience} s`), (deadline + patience) * 1000);
  const endScript = (why: string) => {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(clock);
    if (pid === 0) return giveUp(`${why}, and no /proc to end the script by`);
    clock = setTimeout(() => giveUp(`${why}, and it does not end when it is told to`), grace * 1000);
    endProcesses(pid).catch((error) => giveUp(error instanceof Error ? error.message : String(error)));
  };
  const expire = () => {
    timedOut = true;
    endScript(`no answer within ${deadline} s`);
  };
  const onTooMuch = () => endScript(`it has printed more than ${mostPrinted} bytes`);
  const out = collect(process.out, token, onLine, onTooMuch);
  const err = collect(process.err, token, onLine, onTooMuch);
  try {
    const begun = await out.begun;
    clearTimeout(clock);
    if (begun !== undefined) {
      pid = /^[1-9]\d{0,9}$/.test(begun) ? Number(begun) : 0;
      onStart?.(pid);
      clock = setTimeout(expire, deadline * 1000);
    }
    const [status] = await Promise.all([out.ended, err.ended]);
    if (status === undefined || failure !== undefined) throw failure ?? (await endedError(process, where));
    const leftOut = out.output.leftOut + err.output.leftOut;
    return {
      status: isEnded ? 124 : statusOf(status, where),
      stdout: out.output.text(),
      stderr: err.output.text(),
      timedOut,
      ...(leftOut > 0 && { leftOut }),
    };
  } finally {
    clearTimeout(clock);
  }
}

/** @throws ConnectionError where the host prints something that no shell would */
function statusOf(mark: string, where: string): number {
  if (/^\d{1,3}$/.test(mark) && Number(mark) < 256) return Number(mark);
  const printed = JSON.stringify(mark);
  throw new ConnectionError('shell', `${where}: the shell on the host gives ${printed} for an exit status`);
}

/** Output of a script, and the marks around it. */
interface MarkedOutput {
  /** Text of the mark before the output. */
  readonly begun: Promise<string | undefined>;
  /** Text of the mark behind it; undefined when the stream ended without. */
  readonly ended: Promise<string | undefined>;
  readonly output: KeptOutput;
}

function collect(
  stream: UserProcess['out'],
  token: string,
  onLine: Request['onLine'],
  onTooMuch: () => void,
): MarkedOutput {
  const output = new KeptOutput();
  const lines = onLine === undefined ? undefined : lineFeed(onLine);
  // Output before the mark is from a process that an earlier script left behind: it belongs to no reply.
  const begun = stream.until(token);
  const ended = begun.then(async (mark) => {
    if (mark === undefined) return undefined;
    const end = await stream.until(token, (chunk) => {
      output.add(chunk);
      lines?.push(chunk);
      if (output.length > mostPrinted) onTooMuch();
    });
    lines?.end();
    return end;
  });
  return { begun, ended, output };
}
