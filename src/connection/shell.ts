import { randomBytes } from 'node:crypto';
import { sh } from '../sh.js';
import { ConnectionError, type Request, type Response } from './connection.js';
import { FrameReader, frame } from './frame.js';
import { lineFeed } from './line-feed.js';
import type { HostProcess } from './process.js';

/** Seconds that a request is given to end after its processes were killed. */
const graceSeconds = 10;
const defaultDeadline = 60;

interface Waiting {
  readonly request: Request;
  stdout?: string;
  stderr?: string;
  status?: number;
  timedOut: boolean;
  readonly done: (response: Response) => void;
  readonly feedLine: ((chunk: Buffer) => void) | undefined;
}

export interface ShellOptions {
  /** Where the host is, for messages. */
  readonly where: string;
  /** Kills all that runs below a process of the host; used when a deadline has passed. */
  readonly killBelow: (pid: number) => Promise<void>;
  /** Started already: what it printed so far is behind the ready line. */
  readonly token: string;
  readonly pid: Promise<number>;
}

/** A long-lived sh on a host: batches of requests go in as one write, one reply a request comes out. */
export class Shell {
  private readonly waiting: Waiting[] = [];
  private lostBecause: ConnectionError | undefined;
  private clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly process: HostProcess,
    private readonly options: ShellOptions,
  ) {
    const { token } = options;
    const out = new FrameReader(token, (text, rest) => this.settle({ stdout: text, status: Number(rest) }));
    const err = new FrameReader(token, (text) => this.settle({ stderr: text }));
    process.stdout.on('data', (chunk: Buffer) => {
      this.waiting[0]?.feedLine?.(chunk);
      out.push(chunk);
    });
    process.stderr.on('data', (chunk: Buffer) => {
      this.waiting[0]?.feedLine?.(chunk);
      err.push(chunk);
    });
    process.stdin.on('error', () => void this.end());
    void process.ended.then(({ status, signal }) => {
      const lost = status === undefined && signal === undefined;
      const how = lost ? 'the link was lost' : `the shell on the host ended (${signal ?? `status ${status}`})`;
      options.pid.then(
        () => this.lose(this.linkLost(how)),
        (error) => this.lose(error instanceof ConnectionError ? error : this.linkLost(how)),
      );
    });
  }

  get lost(): boolean {
    return this.lostBecause !== undefined;
  }

  /** Runs requests one after the other, written at once. @throws ConnectionError when the link is lost */
  run(requests: readonly Request[]): Promise<Response[]> {
    const { lostBecause } = this;
    if (lostBecause !== undefined) return Promise.reject(lostBecause);
    const { token } = this.options;
    const replies = requests.map(
      (request) =>
        new Promise<Response>((done, fail) => {
          const feedLine = request.onLine === undefined ? undefined : lineFeed(token, request.onLine);
          this.waiting.push({ request, timedOut: false, done, feedLine });
          this.failures.push(fail);
        }),
    );
    this.process.stdin.write(requests.map((request) => frame(request, token)).join(''));
    if (this.clock === undefined) this.startClock();
    return Promise.all(replies);
  }

  /** Lets the shell end by itself; what it runs is finished first. */
  end(): void {
    clearTimeout(this.clock);
    this.process.stdin.end();
  }

  private readonly failures: ((error: ConnectionError) => void)[] = [];

  private settle(part: { stdout?: string; stderr?: string; status?: number }): void {
    const first = this.waiting[0];
    // The streams are apart: a reply is whole when both have come to its token.
    const target = this.waiting.find((each) => (part.stdout === undefined ? each.stderr : each.stdout) === undefined);
    if (target === undefined || first === undefined) return;
    Object.assign(target, part);
    while (
      this.waiting[0] !== undefined &&
      this.waiting[0].stdout !== undefined &&
      this.waiting[0].stderr !== undefined
    ) {
      const { done, stdout = '', stderr = '', status = 0, timedOut } = this.waiting[0];
      this.waiting.shift();
      this.failures.shift();
      clearTimeout(this.clock);
      this.clock = undefined;
      done({ status: timedOut ? 124 : status, stdout, stderr, timedOut });
    }
    if (this.waiting.length > 0 && this.clock === undefined) this.startClock();
  }

  private startClock(): void {
    const current = this.waiting[0];
    if (current === undefined) return;
    const seconds = current.request.deadline ?? defaultDeadline;
    this.clock = setTimeout(() => void this.expire(current), seconds * 1000);
  }

  private async expire(current: Waiting): Promise<void> {
    current.timedOut = true;
    this.clock = setTimeout(() => this.lose(this.linkLost('the host no longer answers')), graceSeconds * 1000);
    try {
      await this.options.killBelow(await this.options.pid);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.lose(error);
    }
  }

  private linkLost(how: string): ConnectionError {
    const hint = 'run again: what was done is seen, what was not is done';
    return new ConnectionError('lost', `${this.options.where}: ${how}`, hint);
  }

  private lose(error: ConnectionError): void {
    if (this.lostBecause !== undefined) return;
    this.lostBecause = error;
    clearTimeout(this.clock);
    this.waiting.length = 0;
    for (const fail of this.failures.splice(0)) fail(error);
    this.process.kill();
  }
}

/** A word that no output contains by chance. */
export function newToken(): string {
  return `provision-${randomBytes(12).toString('hex')}`;
}

/**
 * Kills every process below one, found by walking /proc, as a script needs no tools for it: first asked to end, then
 * made to.
 */
export function killBelowScript(pid: number) {
  return sh`root=${pid}
below() {
  all=
  for d in /proc/[0-9]*; do
    p=; while read -r key value rest; do [ "$key" = PPid: ] && { p=$value; break; }; done 2>/dev/null <"$d/status"
    all="$all \${d#/proc/}:$p"
  done
  found=" $root "; again=1
  while [ "$again" = 1 ]; do
    again=0
    for e in $all; do
      case "$found" in *" \${e%%:*} "*) continue ;; esac
      case "$found" in *" \${e#*:} "*) found="$found\${e%%:*} "; again=1 ;; esac
    done
  done
  for p in $found; do [ "$p" = "$root" ] || printf '%s\n' "$p"; done
}
for p in $(below); do kill -TERM "$p" 2>/dev/null; done
sleep 1
for p in $(below); do kill -KILL "$p" 2>/dev/null; done
:`;
}
