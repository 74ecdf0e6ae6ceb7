import { type Connection, ConnectionError, type Response } from '../../connection/connection.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { Apply, HostContext } from '../../model/resource.js';
import type { Sh } from '../../sh.js';
import { explainError } from '../explain-error.js';
import { userKey } from '../link/become.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import { replyOf } from '../reply.js';
import { changeScript } from './change-script.js';
import { applyDeadline, type Delivery, type DeliveryResult } from './delivery.js';
import type { Measurements } from './measurements.js';
import { isLostLink, resolveLostChange } from './resolve-lost-change.js';

/**
 * Makes a change, and measures the task and later ones again. A script is measured in the same request, other changes in
 * one after it. Earlier measurements are dropped. When the link is lost meanwhile, the host's journal decides.
 *
 * @throws ConnectionError when the link can't be restored: the outcome of the change is unknown then
 */
export async function applyChange(
  connection: LastingConnection,
  measurements: Measurements,
  host: HostContext,
  delivery: Delivery,
): Promise<DeliveryResult> {
  const { task, apply, ahead } = delivery;
  const result = await deliver(connection, delivery, () => {
    switch (apply.via) {
      case 'sh':
        return applyBySh(connection, measurements, delivery, apply);
      case 'upload':
        return applyByUpload(connection, delivery, apply);
      case 'controller':
        return applyByController(connection, host, delivery, apply);
    }
  });
  const isMeasured = apply.via === 'sh' && !('lost' in result);
  if (isMeasured) return result;
  measurements.forget();
  if (!('failure' in result) && !isFailure(result)) await measurements.measure([task, ...ahead]);
  return result;
}

async function applyBySh(
  connection: Connection,
  measurements: Measurements,
  delivery: Delivery,
  apply: Extract<Apply, { via: 'sh' }>,
): Promise<DeliveryResult> {
  const { task, ahead, as, line } = delivery;
  const deadline = apply.deadline ?? applyDeadline;
  const change = { script: wholeScript(delivery, apply.script), deadline, onLine: line };
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
  return resultOfScript(reply, deadline);
}

async function applyByUpload(
  connection: Connection,
  delivery: Delivery,
  apply: Extract<Apply, { via: 'upload' }>,
): Promise<DeliveryResult> {
  const deadline = apply.deadline ?? applyDeadline;
  const script = wholeScript(delivery, apply.script);
  const options = { deadline, onLine: delivery.line };
  return resultOfScript(await connection.upload(script, apply.content(), delivery.as, options), deadline);
}

async function applyByController(
  connection: Connection,
  host: HostContext,
  { as, line }: Delivery,
  apply: Extract<Apply, { via: 'controller' }>,
): Promise<DeliveryResult> {
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

function wholeScript({ task, journalId, before, afterSuccess }: Delivery, script: Sh): Sh {
  if (journalId === undefined && before === undefined && afterSuccess === undefined) return script;
  const journal = journalId === undefined ? undefined : { id: journalId, name: currentSecrets().redact(task.name) };
  return changeScript({ script, journal, before, afterSuccess });
}

function resultOfScript(response: Response, deadline: number): DeliveryResult {
  const { status, stdout, stderr, leftOut } = response;
  const reply = { status, stdout, stderr };
  return response.timedOut ? { timedOut: deadline, reply } : { reply, leftOut };
}

function isFailure(result: DeliveryResult): boolean {
  return 'reply' in result && result.reply.status !== 0;
}

/** Does the work of a change. A link that is lost meanwhile leaves a question; any other error is the task's failure. */
async function deliver(
  connection: LastingConnection,
  delivery: Delivery,
  work: () => Promise<DeliveryResult>,
): Promise<DeliveryResult> {
  const result = await work().catch((error: unknown): DeliveryResult | ConnectionError => {
    if (isLostLink(error)) return error;
    const { message, hint } = explainError(error);
    return { failure: message, hint };
  });
  if (result instanceof ConnectionError) return resolveLostChange(connection, delivery, result);
  // The lost link may be why the controller failed.
  const lost = 'failure' in result && connection.isLost() ? new ConnectionError('lost', result.failure) : undefined;
  return lost === undefined ? result : resolveLostChange(connection, delivery, lost);
}
