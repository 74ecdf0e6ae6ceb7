import type { Claim, Request, Response } from '../connection.js';
import { frame, prelude } from './frame.js';
import { newToken } from './marked-stream.js';
import { readReply } from './read-reply.js';
import { lockFrame, lockRefusal } from './run-lock.js';
import type { UserProcess } from './user-process.js';

export interface ShellOptions {
  readonly where: string;
  /** Ends a process of the host and all below it, as this shell's user. */
  readonly endProcesses: (pid: number) => Promise<void>;
}

/** Seconds in which the lock is had or refused. */
const lockSeconds = 60;

/** A long-lived sh on a host: a batch of requests goes in as one write, and a reply for each comes out. */
export class Shell {
  /** A batch is under way. */
  busy = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly process: UserProcess,
    private readonly options: ShellOptions,
  ) {
    process.stdin.write(prelude);
  }

  /**
   * Runs requests one after the other. With a claim, only after the run lock was taken.
   *
   * @throws ConnectionError when the link is lost, or the lock is held by another run
   */
  run(requests: readonly Request[], claim?: Claim): Promise<Response[]> {
    const batch = this.last.then(() => this.send(requests, claim));
    this.last = batch.catch(() => {}); // Whoever asked for the batch gets its error; the next one only waits.
    return batch;
  }

  /** Lets it end; what still runs is ended by its watch on the host. */
  async end(seconds: number): Promise<void> {
    this.process.stdin.end();
    let clock: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      clock = setTimeout(resolve, seconds * 1000);
    });
    await Promise.race([this.process.ended, late]);
    clearTimeout(clock);
    this.process.kill();
  }

  private async send(requests: readonly Request[], claim: Claim | undefined): Promise<Response[]> {
    this.busy = true;
    try {
      return await this.exchange(requests, claim);
    } finally {
      this.busy = false;
    }
  }

  private async exchange(requests: readonly Request[], claim: Claim | undefined): Promise<Response[]> {
    const token = newToken();
    const { process } = this;
    const options = { ...this.options, token };
    const frames = requests.map((request) => frame(request, token)).join('');
    process.stdin.write(claim ? lockFrame(token, claim) + frames : frames);
    await process.ready;
    if (claim) {
      const deadline = lockSeconds + (claim.patience ?? 0);
      const { status, stdout } = await readReply(process, { deadline }, options);
      if (status !== 0) throw lockRefusal(stdout);
    }
    const responses: Response[] = [];
    for (const request of requests) responses.push(await readReply(process, request, options));
    return responses;
  }
}
