import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, Request, Response } from '../connection.js';
import { frame, prelude } from './frame.js';
import { newToken } from './marked-stream.js';
import { readReply } from './read-reply.js';
import { lockFrame, lockRefusal } from './run-lock.js';
import type { UserProcess } from './user-process.js';

/** Options of a {@link Shell}. */
export interface ShellOptions {
  readonly where: string;
  /** Ends a process of the host and all below it, as this shell's user. */
  readonly endProcesses: (pid: number) => Promise<void>;
}

/** Seconds in which the lock is taken or refused. */
const lockSeconds = 60;

/** Long-lived sh on a host: a batch of requests goes in as one write, and a reply for each comes out. */
export class Shell {
  /** Set while a batch is under way. */
  isBusy = false;
  readonly #process: UserProcess;
  readonly #options: ShellOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(process: UserProcess, options: ShellOptions) {
    this.#process = process;
    this.#options = options;
    process.stdin.write(prelude);
  }

  /**
   * Runs requests one after the other. With a claim, only after the run lock was taken.
   *
   * @throws ConnectionError when the link is lost, or the lock is held by another run
   */
  run(requests: readonly Request[], claim?: Claim): Promise<Response[]> {
    const batch = this.#last.then(() => this.#send(requests, claim));
    this.#last = batch.catch(() => {}); // The caller gets the error; the next batch only waits.
    return batch;
  }

  /**
   * Lets the shell end; anything that still runs is ended by its watch on the host. A late one is not killed here: the
   * watch finds by the shell what it has to end.
   */
  async end(seconds: number): Promise<void> {
    this.#process.stdin.end();
    const waiting = new AbortController();
    const late = sleep(seconds * 1000, 'late', { signal: waiting.signal }).catch(() => {}); // Aborted below.
    const outcome = await Promise.race([this.#process.ended, late]);
    waiting.abort();
    if (outcome !== 'late') this.#process.kill();
  }

  async #send(requests: readonly Request[], claim: Claim | undefined): Promise<Response[]> {
    this.isBusy = true;
    try {
      return await this.#exchange(requests, claim);
    } finally {
      this.isBusy = false;
    }
  }

  async #exchange(requests: readonly Request[], claim: Claim | undefined): Promise<Response[]> {
    const token = newToken();
    const process = this.#process;
    const options = { ...this.#options, token };
    const frames = requests.map((request) => frame(request, token)).join('');
    process.stdin.write(claim ? lockFrame(token, claim) + frames : frames);
    await process.ready;
    if (claim) {
      const deadline = lockSeconds + (claim.patience ?? 0);
      const { status, stdout } = await readReply(process, { deadline }, options);
      if (status !== 0) throw lockRefusal(status, stdout);
    }
    const responses: Response[] = [];
    for (const request of requests) responses.push(await readReply(process, request, options));
    return responses;
  }
}
