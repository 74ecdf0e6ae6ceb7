import { type Connection, ConnectionError, type Response } from '../../connection/connection.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { Apply, HostContext, Reply } from '../../model/resource.js';
import type { Become, Task } from '../../model/task.js';
import type { Sh } from '../../sh.js';
import { explain } from '../explain.js';
import { userKey } from '../link/become.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import { replyOf } from '../reply.js';
import { afterLostLink, isLostLink } from './after-lost-link.js';
import { changeScript } from './change-script.js';
import type { Measurements } from './measurements.js';

/** Seconds a change may take unless it says otherwise. */
export const applyDeadline = 600;

/** A change on its way to the host, with what goes around it. */
export interface Delivery {
  readonly task: Task;
  readonly apply: Apply;
  readonly as: Become;
  /** Its name in the host's journal; undefined where none is kept. */
  readonly journalId: string | undefined;
  readonly before: Sh | undefined;
  readonly afterSuccess: Sh | undefined;
  /** Tasks behind it to be measured with it. */
  readonly ahead: readonly Task[];
  line(text: string): void;
}

/** What came of a change: what its script said, or why the controller could not make it. */
export type Delivered =
  | { readonly reply: Reply; readonly leftOut?: number | undefined }
  | { readonly timedOut: number; readonly reply: Reply }
  | { readonly failure: string; readonly hint?: string | undefined }
  /** The link was lost in it. `not-begun`: and it never will be. */
  | { readonly lost: 'not-begun' | 'unknown'; readonly why: string }
  /** The link was lost, and the host told afterwards how it ended. */
  | { readonly lost: 'finished'; readonly reply: Reply };

/**
 * Makes a change and measures the task again, and those ahead of it: in one request where the change is a script, else
 * in one after it. Nothing that was measured before is kept. When the link is lost in it, the host is asked on a new
 * one what became of it.
 *
 * @throws ConnectionError when the link is lost for good: what became of the change is not known then
 */
export async function applyChange(
  connection: LastingConnection,
  measurements: Measurements,
  host: HostContext,
  delivery: Delivery,
): Promise<Delivered> {
  const { task, apply, ahead } = delivery;
  const delivered = await outcome(connection, delivery, () => {
    switch (apply.via) {
      case 'sh':
        return applyBySh(connection, measurements, delivery, apply);
      case 'upload':
        return applyByUpload(connection, delivery, apply);
      case 'controller':
        return applyByController(connection, host, delivery, apply);
    }
  });
  const isMeasured = apply.via === 'sh' && !('lost' in delivered);
  if (isMeasured) return delivered;
  measurements.forget();
  if (!('failure' in delivered) && !isFailure(delivered)) await measurements.measure([task, ...ahead]);
  return delivered;
}

async function applyBySh(
  connection: Connection,
  measurements: Measurements,
  delivery: Delivery,
  apply: Extract<Apply, { via: 'sh' }>,
): Promise<Delivered> {
  const { task, ahead, as, line } = delivery;
  const deadline = apply.deadline ?? applyDeadline;
  const change = { script: wrapped(delivery, apply.script), deadline, onLine: line };
  const request = apply.stdin === undefined ? change : { ...change, stdin: apply.stdin };
  measurements.forget();
  const beside = ahead.filter((next) => next !== task && userKey(measurements.userOf(next)) === userKey(as));
  const probes = [task, ...beside].flatMap((probed) => {
    const probe = measurements.requestFor(probed);
    return probe === undefined ? [] : [{ probed, probe }];
  });
  const [reply, ...answers] = await connection.apply(
    request,
    probes.map(({ probe }) => probe),
    as,
  );
  for (const [index, { probed }] of probes.entries()) {
    const answer = answers[index];
    if (answer) measurements.keep(probed, answer);
  }
  return delivered(reply, deadline);
}

async function applyByUpload(
  connection: Connection,
  delivery: Delivery,
  apply: Extract<Apply, { via: 'upload' }>,
): Promise<Delivered> {
  const deadline = apply.deadline ?? applyDeadline;
  const script = wrapped(delivery, apply.script);
  const options = { deadline, onLine: delivery.line };
  return delivered(await connection.upload(script, apply.content(), delivery.as, options), deadline);
}

async function applyByController(
  connection: Connection,
  host: HostContext,
  { as, line }: Delivery,
  apply: Extract<Apply, { via: 'controller' }>,
): Promise<Delivered> {
  const failure = await apply.run({
    host,
    run: async (script, options = {}) => {
      const [response] = await connection.apply({ script, deadline: applyDeadline, ...options }, [], as);
      return replyOf(response, 'an answer of the host');
    },
    progress: line,
    dial: (host, port) => connection.dial(host, port),
  });
  return failure === undefined ? { reply: { status: 0, stdout: '', stderr: '' } } : { failure };
}

function wrapped({ task, journalId, before, afterSuccess }: Delivery, script: Sh): Sh {
  if (journalId === undefined && before === undefined && afterSuccess === undefined) return script;
  const journal = journalId === undefined ? undefined : { id: journalId, name: currentSecrets().redact(task.name) };
  return changeScript({ script, journal, before, afterSuccess });
}

function delivered(response: Response, deadline: number): Delivered {
  const { status, stdout, stderr, leftOut } = response;
  const reply = { status, stdout, stderr };
  return response.timedOut ? { timedOut: deadline, reply } : { reply, leftOut };
}

function isFailure(delivered: Delivered): boolean {
  return 'reply' in delivered && delivered.reply.status !== 0;
}

/** A link that is lost while a change is under way leaves a question; anything else is the task's failure. */
async function outcome(
  connection: LastingConnection,
  delivery: Delivery,
  work: () => Promise<Delivered>,
): Promise<Delivered> {
  const delivered = await work().catch((error: unknown): Delivered | ConnectionError => {
    if (isLostLink(error)) return error;
    const { message, hint } = explain(error);
    return { failure: message, hint };
  });
  if (delivered instanceof ConnectionError) return afterLostLink(connection, delivery, delivered);
  // What the controller could not do may be for want of a link.
  const isForWant = 'failure' in delivered && connection.isLost();
  return isForWant ? afterLostLink(connection, delivery, new ConnectionError('lost', delivered.failure)) : delivered;
}
