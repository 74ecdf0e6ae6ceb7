import type { Prober, Request, Response } from '../../connection/connection.js';
import type { HostContext } from '../../model/resource.js';
import type { Become, Task } from '../../model/task.js';
import { type Explanation, explain, isOfOneUser } from '../explain.js';
import { userKey } from '../link/become.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import { replyOf } from '../reply.js';

/** What is known of a task's state: the state, or why there is none. */
export type Measured = { readonly state: unknown } | { readonly problem: Explanation };

/** Seconds a probe may take unless its resource says otherwise. */
const probeDeadline = 60;

/**
 * The states that were read from a host and hold still. It is asked for many at a time: one request for each user that
 * tasks run as, beside each other, since reading has no order.
 */
export class Measurements {
  readonly #prober: Prober & Partial<Pick<LastingConnection, 'isLost' | 'mend' | 'renewals'>>;
  readonly #host: HostContext;
  readonly #as: Become;
  readonly #peers: number;
  readonly #found = new Map<Task, Response | Explanation>();
  readonly #looked = new Map<Task, Measured>();

  /** @param as who tasks run as that don't say otherwise @param peers hosts of the play */
  constructor(prober: Prober, host: HostContext, as: Become, peers = 1) {
    this.#prober = prober;
    this.#host = host;
    this.#as = as;
    this.#peers = peers;
  }

  userOf(task: Task): Become {
    return task.become ?? this.#as;
  }

  /** Something was changed on the host: nothing read before holds any more. */
  forget(): void {
    this.#found.clear();
    this.#looked.clear();
  }

  has(task: Task): boolean {
    return this.#found.has(task);
  }

  /** Reads the states of tasks that aren't known yet. Trouble with one of them shows when that one is asked for. */
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
    await Promise.all([...users.values()].map(({ as, probes }) => this.#ask(as, probes)));
  }

  /** The question to the host for a task's state; undefined when the resource can't ask, which is kept as its problem. */
  requestFor(task: Task): Request | undefined {
    try {
      const script = task.resource.probe(this.#host);
      return { script, deadline: task.resource.probeDeadline ?? probeDeadline };
    } catch (error) {
      this.#found.set(task, explain(error));
      return undefined;
    }
  }

  /** Keeps the answer to {@link requestFor}. */
  keep(task: Task, response: Response): void {
    this.#found.set(task, response);
  }

  /** The state of a task that was measured, with what the controller finds out itself where the resource has it look. */
  async lookedAt(task: Task, line: (text: string) => void): Promise<Measured> {
    const known = this.#looked.get(task);
    if (known !== undefined) return known;
    const measured = this.read(task);
    if ('problem' in measured || task.resource.look === undefined) return measured;
    const session = {
      host: this.#host,
      dial: (host: string, port: number) => this.#prober.dial(host, port),
      progress: line,
      peers: this.#peers,
    };
    const { look } = task.resource;
    const seen = (): Promise<Measured> =>
      look.call(task.resource, measured.state, session).then(
        (state) => ({ state }),
        (error: unknown) => ({ problem: explain(error) }),
      );
    const before = this.#prober.renewals;
    let looked = await seen();
    // What was seen over a link that was lost meanwhile is not what there is.
    if (this.#prober.isLost?.() === true || this.#prober.renewals !== before) {
      await this.#prober.mend?.();
      looked = await seen();
    }
    this.#looked.set(task, looked);
    return looked;
  }

  /** The state of a task that was measured. */
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
      return { problem: explain(error) };
    }
  }

  async #ask(as: Become, probes: readonly { readonly task: Task; readonly request: Request }[]): Promise<void> {
    try {
      const requests = probes.map(({ request }) => request);
      const responses = await this.#prober.probe(requests, as);
      for (const [index, { task }] of probes.entries()) {
        const response = responses[index];
        if (response) this.#found.set(task, response);
      }
    } catch (error) {
      if (!isOfOneUser(error)) throw error;
      for (const { task } of probes) this.#found.set(task, explain(error));
    }
  }
}
