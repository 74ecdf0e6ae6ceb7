import type { Become } from '../../model/task.js';
import { ConnectionError } from '../connection.js';
import { KeptOutput } from '../kept-output.js';
import type { HostProcess, Transport } from '../process.js';
import { commandAs, passwordExpired, passwordWrong, sudoLate, sudoRefusal } from './become-command.js';
import { MarkedStream, newToken } from './marked-stream.js';

export interface UserOptions {
  readonly as: Become;
  readonly becomePassword: string | undefined;
  /** Seconds until its first word must be here: slow start-up files, sudo that asks a directory service. */
  readonly deadline: number;
  /** It ends others, which may hold all that a connection has for scripts. */
  readonly ending?: boolean;
}

/** A script that runs on a host as a user. */
export interface UserProcess extends HostProcess {
  /** From behind what start-up files printed, once it is ready. */
  readonly out: MarkedStream;
  readonly err: MarkedStream;
  /** The script runs. Rejects with a ConnectionError that says why it does not. */
  readonly ready: Promise<void>;
}

/** Bytes that are kept of what is said before the script runs, and characters in which a phrase of sudo is looked for. */
const mostSaid = 64 * 1024;
const overlap = 200;

/** One word for everything that the scripts here count on; `cd`, as sudo leaves a user where he may not look. */
const settle = 'LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; cd 2>/dev/null || cd /';

/**
 * Starts a script for `sh -c` as a user. Returns as soon as its input may be written: at once, so that opening costs no
 * round trip of its own, unless sudo may ask for a password, which has to be answered first.
 *
 * @throws ConnectionError when sudo refuses, or the link is lost
 */
export async function startAs(transport: Transport, script: string, options: UserOptions): Promise<UserProcess> {
  const { as, becomePassword } = options;
  const token = newToken();
  const user = as === false ? transport.user : as.user;
  const sudo = user !== transport.user;
  const asks = sudo && becomePassword !== undefined;
  // In two halves: sudo may show the command in what it says when it refuses, and that is not the word itself.
  const [head, tail] = [token.slice(0, -8), token.slice(-8)];
  const announced = `${settle}; printf "%s%s;" ${head} ${tail}; printf "%s%s;" ${head} ${tail} >&2; ${script}`;
  const process = await transport.start(
    commandAs(announced, as, transport.user, asks ? `${token} password;` : undefined),
    options.ending,
  );
  process.stdin.on('error', () => {}); // What is written to a process that has ended; how it ended says more.
  const out = new MarkedStream(process.stdout);
  const err = new MarkedStream(process.stderr);
  void process.ended.then(({ status, signal }) => {
    if (status !== undefined || signal !== undefined) return;
    out.end();
    err.end();
  });

  const said = new KeptOutput(mostSaid);
  const text = () => said.text();
  let refuse = () => {};
  let heard = '';
  const hear = (chunk: Buffer) => {
    said.add(chunk);
    heard = heard.slice(-overlap) + chunk.toString('latin1');
    if (sudo && passwordExpired.test(heard)) refuse();
  };
  const outRuns = out.until(token); // What start-up files print meanwhile has to be read, or the host would wait.
  const begin = async (): Promise<void> => {
    const expired = new Promise<never>((_resolve, reject) => {
      refuse = () => reject(sudoRefusal(text(), user, true));
    });
    for (let asked = 0; ; asked += 1) {
      const mark = await Promise.race([err.until(token, hear), expired]);
      if (mark === '') break;
      if (mark === undefined) throw await refusal(process, transport.where, text(), sudo ? user : undefined, asked > 0);
      if (asked > 0) throw passwordWrong(user);
      process.stdin.write(`${becomePassword}\n`);
    }
    if ((await outRuns) === undefined) throw await gone(process, transport.where);
  };
  const late = () => sudoLate(text(), transport.where, user, options.deadline);
  const ready = inTime(begin(), options.deadline, late).catch((error) => {
    process.kill();
    throw error;
  });
  if (asks) await ready;
  ready.catch(() => {}); // Whoever uses the process asks for it.
  return { ...process, out, err, ready };
}

/** Why a process that should still be there has ended. */
export async function gone(process: HostProcess, where: string): Promise<ConnectionError> {
  const { status, signal, reason } = await process.ended;
  const hint = 'run again: what was done is seen, and what was not is done';
  return status === undefined && signal === undefined
    ? new ConnectionError('lost', `${where}: the link was lost${reason === undefined ? '' : `: ${reason}`}`, hint)
    : new ConnectionError('shell', `${where}: the shell on the host has ended (${signal ?? `status ${status}`})`, hint);
}

async function refusal(
  process: HostProcess,
  where: string,
  said: string,
  becoming: string | undefined,
  asked: boolean,
) {
  const { status, signal } = await process.ended;
  if (status === undefined && signal === undefined) return gone(process, where);
  if (becoming !== undefined) return sudoRefusal(said, becoming, asked);
  const last = said.trim().split('\n').at(-1) ?? '';
  return new ConnectionError('shell', `${where} gives no shell: ${last === '' ? `status ${status ?? signal}` : last}`);
}

function inTime<Value>(work: Promise<Value>, seconds: number, late: () => Error): Promise<Value> {
  return new Promise((resolve, reject) => {
    const clock = setTimeout(() => reject(late()), seconds * 1000);
    work.then(resolve, reject).finally(() => clearTimeout(clock));
  });
}
