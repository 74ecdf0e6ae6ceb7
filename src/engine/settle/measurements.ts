import type { Prober, Request, Response } from '../../connection/connection.js';
import type { HostContext } from '../../model/resource.js';
import type { Become, Task } from '../../model/task.js';
import { type ErrorText, explainError, isOfOneUser } from '../explain-error.js';
import { userKey } from '../link/become.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import { replyOf } from '../reply.js';
import { errorInResource, wrongScript } from './resource-errors.js';

/** State of a task, or the problem for which there is none. */
export type Measured = { readonly state: unknown } | { readonly problem: ErrorText };

/** Default seconds that a probe may take. */
const probeDeadline = 60;

/**
 * States that were read from a host and still hold. Many are read at a time, with one request for each user that tasks
 * run as. These requests run in parallel, since reading has no order.
 */
export class Measurements {
  readonly #prober: Prober & Partial<Pick<LastingConnection, 'isLost' | 'restore' | 'renewals'>>;
  readonly #host: HostContext;
  readonly #as: Become;
  readonly #peers: number;
  readonly #check: boolean;
  readonly #found = new Map<Task, Response | ErrorText>();
  readonly #looked = new Map<Task, Measured>();

  /** @param as user of tasks that don't name one @param run number of hosts of the play, and whether it is check mode */
  constructor(prober: Prober, host: HostContext, as: Become, run: { readonly peers: number; readonly check: boolean }) {
    this.#prober = prober;
    this.#host = host;
    this.#as = as;
    this.#peers = run.peers;
    this.#check = run.check;
  }

  /** Returns the user that a task runs as. */
  userOf(task: Task): Become {
    return task.become ?? this.#as;
  }

  /** Drops everything that was read: something was changed on the host. */
  forget(): void {
    this.#found.clear();
    this.#looked.clear();
  }

  has(task: Task): boolean {
    return this.#found.has(task);
  }

  /** Reads the states of tasks that aren't known yet. A problem with one of them shows when that one is read. */
  async measure(tasks: Iterable<Task>): Promise<void> {
    const users = new Map<string, { as: Become; probes: { task: Task; request: Request }[] }>();
    for (const task of new Set(tasks)) {
      if (this.#found.has(task)) continue;
      const request = this.requestFor(task);
      if (request === undefined) continue;
      const as = this.userOf(task);
      const group = users.get(userKey(as)) ?? { as, probes: [] };
      group.probes.push({ task, request });
      users.set(userKey(as), group);
    }
    await Promise.all([...users.values()].map(({ as, probes }) => this.#probe(as, probes)));
  }

  /** Returns the probe of a task; undefined when the resource has none to give, which is kept as its problem. */
  requestFor(task: Task): Request | undefined {
    try {
      const script = task.resource.probe(this.#host);
      const wrong = wrongScript(task.resource, script);
      if (wrong !== undefined) {
        this.#found.set(task, wrong);
        return undefined;
      }
      return { script, deadline: task.resource.probeDeadline ?? probeDeadline };
    } catch (error) {
      this.#found.set(task, errorInResource(task.resource, 'probe', error));
      return undefined;
    }
  }

  /** Keeps the answer to {@link requestFor}. */
  keep(task: Task, response: Response): void {
    this.#found.set(task, response);
  }

  /** Returns the state of a measured task, with what the controller finds out itself where the resource wants it. */
  async look(task: Task, line: (text: string) => void): Promise<Measured> {
    const known = this.#looked.get(task);
    if (known !== undefined) return known;
    const measured = this.read(task);
    if ('problem' in measured || task.resource.look === undefined) return measured;
    const session = {
      host: this.#host,
      dial: (host: string, port: number) => this.#prober.dial(host, port),
      progress: line,
      peers: this.#peers,
      check: this.#check,
    };
    const { look } = task.resource;
    const seen = (): Promise<Measured> =>
      look.call(task.resource, measured.state, session).then(
        (state) => ({ state }),
        (error: unknown) => ({ problem: errorInResource(task.resource, 'look', error) }),
      );
    const before = this.#prober.renewals;
    let looked = await seen();
    // A look over a link that was lost meanwhile does not count.
    if (this.#prober.isLost?.() === true || this.#prober.renewals !== before) {
      await this.#prober.restore?.();
      looked = await seen();
    }
    this.#looked.set(task, looked);
    return looked;
  }

  /** Returns the state of a measured task. */
  read(task: Task): Measured {
    const found = this.#found.get(task);
    if (found === undefined) return { problem: { message: 'its state was not read' } };
    if ('message' in found) return { problem: found };
    if (found.timedOut) {
      const seconds = task.resource.probeDeadline ?? probeDeadline;
      return { problem: { message: `its state could not be read within ${seconds} s` } };
    }
    try {
      return { state: task.resource.parse(replyOf(found, 'its state'), this.#host) };
    } catch (error) {
      return { problem: errorInResource(task.resource, 'parse', error) };
    }
  }

  async #probe(as: Become, probes: readonly { readonly task: Task; readonly request: Request }[]): Promise<void> {
    try {
      const requests = probes.map(({ request }) => request);
      const responses = await this.#prober.probe(requests, as);
      for (const [index, { task }] of probes.entries()) {
        const response = responses[index];
        if (response) this.#found.set(task, response);
      }
    } catch (error) {
      if (!isOfOneUser(error)) throw error;
      for (const { task } of probes) this.#found.set(task, explainError(error));
    }
  }
}

/** Most tasks behind a change that are measured with it. */
const smallLookahead = 4;

/** Size of the lookahead: everything until something changes, then a few tasks, and twice as many each time after. */
export class Lookahead {
  #size = Number.POSITIVE_INFINITY;

  /** Returns the tasks to measure together with a change. */
  afterChange(upcoming: Iterable<Task>): readonly Task[] {
    this.#size = smallLookahead;
    return takeFirst(smallLookahead, upcoming);
  }

  /** Returns the tasks to measure together with one that was reached and isn't known. */
  beside(task: Task, upcoming: Iterable<Task>): readonly Task[] {
    this.#size *= 2;
    return [task, ...takeFirst(this.#size - 1, upcoming)];
  }
}

function takeFirst(count: number, tasks: Iterable<Task>): readonly Task[] {
  const taken: Task[] = [];
  for (const task of tasks) {
    if (taken.length >= count) break;
    taken.push(task);
  }
  return taken;
}
