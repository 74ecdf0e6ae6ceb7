import { PassThrough } from 'node:stream';
import type { Become } from '../model/task.js';
import { commandAs, sudoRefusal } from './become-command.js';
import { ConnectionError } from './connection.js';
import type { HostProcess, Transport } from './process.js';

/** A process as a user, past its login noise and its password. */
export interface ReadyProcess {
  readonly process: HostProcess;
  /** Its id on the host, known once its first line is here. */
  readonly pid: Promise<number>;
}

export interface OpenShellOptions {
  readonly as: Become;
  readonly password: string | undefined;
  readonly token: string;
  /** Seconds until the first line must be here. */
  readonly deadline: number;
}

/**
 * Starts a script as a user and gives its streams from behind the ready line on, whatever start-up files printed before
 * it. Where no password can be asked for, nothing is waited for: what is written next is read by the script.
 */
export async function openProcess(
  transport: Transport,
  script: string,
  options: OpenShellOptions,
): Promise<ReadyProcess> {
  const { as, password, token, deadline } = options;
  const ready = `${token}-ready`;
  const announced = `printf '\\n%s %s\\n' ${ready} $$; printf '\\n%s\\n' ${ready} >&2; ${script}`;
  const { command, prompt } = commandAs(announced, as, transport.user, password, token);
  const process = await transport.start(command);
  const user = as === false ? transport.user : as.user;
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const behind = { ...process, kill: () => process.kill(), stdout, stderr };
  const pid = watchStart(process, behind, { ready, prompt, password, user, where: transport.where, deadline });
  if (prompt !== undefined) await pid;
  // Who uses the process asks for the pid when it ends, and so learns of a refusal.
  pid.catch(() => undefined);
  return { process: behind, pid };
}

interface StartOptions {
  readonly ready: string;
  readonly prompt: string | undefined;
  readonly password: string | undefined;
  readonly user: string;
  readonly where: string;
  readonly deadline: number;
}

/** Answers the prompt, and takes all up to the ready lines off both streams. */
function watchStart(
  process: HostProcess,
  behind: { readonly stdout: PassThrough; readonly stderr: PassThrough },
  options: StartOptions,
): Promise<number> {
  const { ready, prompt, password, user, where, deadline } = options;
  return new Promise((resolve, reject) => {
    let out = Buffer.alloc(0);
    let err = Buffer.alloc(0);
    let pid: number | undefined;
    let errReady = false;
    let asked = 0;
    const clock = setTimeout(
      () => fail(new ConnectionError('timeout', `${where}: no shell within ${deadline} s`)),
      deadline * 1000,
    );
    const fail = (error: ConnectionError) => {
      clearTimeout(clock);
      reject(error);
      process.kill();
    };
    process.stdout.on('data', (chunk: Buffer) => {
      if (pid !== undefined) return void behind.stdout.write(chunk);
      out = Buffer.concat([out, chunk]);
      const found = cutAt(out, ready);
      if (found === undefined) return;
      pid = Number(found.line.split(' ')[1]);
      behind.stdout.write(found.rest);
      finish();
    });
    process.stderr.on('data', (chunk: Buffer) => {
      if (errReady) return void behind.stderr.write(chunk);
      err = Buffer.concat([err, chunk]);
      if (prompt !== undefined && password !== undefined) {
        const prompts = err.toString('latin1').split(prompt).length - 1;
        if (prompts > asked) {
          asked = prompts;
          if (asked > 1) return fail(sudoRefusal(err.toString('utf8').replaceAll(prompt, ''), user, true));
          process.stdin.write(`${password}\n`);
        }
      }
      const found = cutAt(err, ready);
      if (found === undefined) return;
      errReady = true;
      behind.stderr.write(found.rest);
      finish();
    });
    const finish = () => {
      if (pid === undefined || !errReady) return;
      clearTimeout(clock);
      resolve(pid);
    };
    process.stdout.on('end', () => behind.stdout.end());
    process.stderr.on('end', () => behind.stderr.end());
    void process.ended.then(({ status, signal }) => {
      if (pid !== undefined && errReady) return;
      const lost = status === undefined && signal === undefined;
      fail(
        lost
          ? new ConnectionError('lost', `${where}: the link was lost`)
          : sudoRefusal(err.toString('utf8'), user, asked > 1),
      );
    });
  });
}

function cutAt(all: Buffer, ready: string): { line: string; rest: Buffer } | undefined {
  const start = all.indexOf(`\n${ready}`);
  const end = start < 0 ? -1 : all.indexOf(10, start + 1);
  return end < 0 ? undefined : { line: all.subarray(start + 1, end).toString('latin1'), rest: all.subarray(end + 1) };
}
