import type { Become } from '../../model/task.js';
import { ConnectionError } from '../connection.js';
import { KeptOutput } from '../kept-output.js';
import type { HostProcess, Transport } from '../process.js';
import { withDeadline } from '../with-deadline.js';
import { commandAs, passwordExpired, passwordWrong, sudoLate, sudoRefusal } from './become-command.js';
import { MarkedStream, newToken } from './marked-stream.js';

/** Options of {@link startAs}. */
export interface UserOptions {
  readonly as: Become;
  readonly becomePassword: string | undefined;
  /** Seconds in which the script must start: start-up files may be slow, and sudo may ask a directory service. */
  readonly deadline: number;
  /** Set for a script that ends others, which may hold all channels of the connection. */
  readonly ending?: boolean;
}

/** Script that runs on a host as a user. */
export interface UserProcess extends HostProcess {
  /** Starts, once the process is ready, behind the output of start-up files. */
  readonly out: MarkedStream;
  readonly err: MarkedStream;
  /** Resolves when the script runs. Rejects with a ConnectionError that says why it does not. */
  readonly ready: Promise<void>;
}

/** Most bytes that are kept of the output before the script runs. */
const mostEarlyOutput = 64 * 1024;
/** Characters in which a phrase of sudo is searched across chunks. */
const overlap = 200;

/** Environment that all scripts here rely on. `cd`, as sudo leaves a user in a folder that he may not read. */
const setUp = 'LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; cd 2>/dev/null || cd /';

/**
 * Starts a script for `sh -c` as a user. Returns as soon as its input may be written, so that opening costs no round trip.
 * Only a sudo that may ask for a password has to be answered first.
 *
 * @throws ConnectionError when sudo refuses, or the link is lost
 */
export async function startAs(transport: Transport, script: string, options: UserOptions): Promise<UserProcess> {
  const { as, becomePassword } = options;
  const token = newToken();
  const user = as === false ? transport.user : as.user;
  const sudo = user !== transport.user;
  const asks = sudo && becomePassword !== undefined;
  // In two halves: sudo may quote the command when it refuses, and that quote must not look like the token.
  const [head, tail] = [token.slice(0, -8), token.slice(-8)];
  const announced = `${setUp}; printf "%s%s;" ${head} ${tail}; printf "%s%s;" ${head} ${tail} >&2; ${script}`;
  const process = await transport.start(
    commandAs(announced, as, transport.user, asks ? `${token} password;` : undefined),
    options.ending,
  );
  process.stdin.on('error', () => {}); // Of a process that has ended; its exit tells more.
  const out = new MarkedStream(process.stdout);
  const err = new MarkedStream(process.stderr);
  void process.ended.then(({ status, signal }) => {
    if (status !== undefined || signal !== undefined) return;
    out.end();
    err.end();
  });

  const early = new KeptOutput(mostEarlyOutput);
  const text = () => early.text();
  let refuse = () => {};
  let heard = '';
  const hear = (chunk: Buffer) => {
    early.add(chunk);
    heard = heard.slice(-overlap) + chunk.toString('latin1');
    if (sudo && passwordExpired.test(heard)) refuse();
  };
  // The output of start-up files has to be read, or the host would wait. A shell like nologin says there why it ends.
  const said = new KeptOutput(mostEarlyOutput);
  const outRuns = out.until(token, (chunk) => said.add(chunk));
  const begin = async (): Promise<void> => {
    const expired = new Promise<never>((_resolve, reject) => {
      refuse = () => reject(sudoRefusal(text(), user, true));
    });
    for (let asked = 0; ; asked += 1) {
      const mark = await Promise.race([err.until(token, hear), expired]);
      if (mark === '') break;
      if (mark === undefined) {
        await outRuns;
        const output = { stdout: said.text(), stderr: text() };
        throw await refusal(process, transport, output, sudo ? user : undefined, asked > 0);
      }
      if (asked > 0) throw passwordWrong(user);
      process.stdin.write(`${becomePassword}\n`);
    }
    if ((await outRuns) === undefined) throw await endedError(process, transport.where);
  };
  const late = () => sudoLate(text(), transport.where, user, options.deadline);
  const ready = withDeadline<void>(options.deadline, late, (resolve, reject) => {
    begin().then(resolve, reject);
  }).catch((error) => {
    process.kill();
    throw error;
  });
  if (asks) await ready;
  ready.catch(() => {}); // Users of the process await it themselves.
  return { ...process, out, err, ready };
}

/** Returns the error of a process that should still run and has ended. */
export async function endedError(process: HostProcess, where: string): Promise<ConnectionError> {
  const { status, signal, reason } = await process.ended;
  const hint = 'run again: only the missing changes are made';
  return status === undefined && signal === undefined
    ? new ConnectionError('lost', `${where}: the link was lost${reason === undefined ? '' : `: ${reason}`}`, hint)
    : new ConnectionError('shell', `${where}: the shell on the host has ended (${signal ?? `status ${status}`})`, hint);
}

/** Words of sshd and PAM for an account whose password has expired: it can be changed at a terminal only. */
const loginExpired = /password (change required|(is|has) expired)|change your (expired )?password/i;

async function refusal(
  process: HostProcess,
  { where, user }: Pick<Transport, 'where' | 'user'>,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  becoming: string | undefined,
  asked: boolean,
) {
  const { status, signal } = await process.ended;
  if (status === undefined && signal === undefined) return endedError(process, where);
  if (becoming !== undefined) return sudoRefusal(stderr, becoming, asked);
  const lastOf = (output: string) => output.trim().split('\n').at(-1) ?? '';
  const last = lastOf(stderr) || lastOf(stdout) || `status ${status ?? signal}`;
  const hint = loginExpired.test(stderr)
    ? `log in by hand (ssh) and set a new password, or let it last: chage -M -1 ${user}`
    : `see the login shell of ${user} (getent passwd ${user}): nologin and false let nobody in, and start-up files may end it`;
  return new ConnectionError('shell', `${where} gives no shell: ${last}`, hint);
}
