import { ConnectionError } from '../../connection/connection.js';
import { isUnwilling } from '../explain.js';
import { type Fate, fateScript, parseFate } from '../link/journal.js';
import { type LastingConnection, UnsentError } from '../link/lasting-connection.js';
import { replyOf } from '../reply.js';
import { applyDeadline, type Delivered, type Delivery } from './apply-change.js';

/** Seconds that the answer itself may take, beside the wait for a change that runs still. */
const answerSeconds = 60;

/** Whether an error says that the link is gone, rather than that the host won't be worked with. */
export function isLostLink(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError && !isUnwilling(error.problem);
}

/**
 * What became of a change in which the link was lost, as the host's journal tells it on a new one. A change is never sent
 * again for want of a reply; one that was never begun may be, from a new measurement.
 *
 * @throws ConnectionError when the host is not reached again
 */
export async function afterLostLink(
  connection: LastingConnection,
  delivery: Delivery,
  lost: ConnectionError,
): Promise<Delivered> {
  const { apply, task } = delivery;
  const isUnsent = lost instanceof UnsentError && apply.via !== 'controller';
  try {
    const fate = isUnsent ? await unsent(connection) : await fateOf(connection, delivery);
    switch (fate.fate) {
      case 'not-begun':
        return { lost: 'not-begun', why: lost.message };
      case 'finished':
        // What has something to say to a link that is gone is ended by a signal for it: that is not how it would have ended.
        if (fate.status > 128) return { lost: 'unknown', why: `it was ended with status ${fate.status}` };
        return { lost: 'finished', reply: { status: fate.status, stdout: '', stderr: '' } };
      case 'begun':
        return { lost: 'unknown', why: fate.running ? 'it is running still' : 'it was begun, and came to no end' };
      case 'untold':
        if (apply.via === 'controller' && apply.repeatable === true) return { lost: 'not-begun', why: lost.message };
        return { lost: 'unknown', why: 'the host has no record of it' };
    }
  } catch (error) {
    if (!isLostLink(error)) throw error;
    const message = isUnsent
      ? `link lost before "${task.name}" was applied: it was not sent; run again`
      : `link lost while "${task.name}" was being applied: outcome unknown; run again to find out`;
    throw new ConnectionError(error.problem, message, withReason(error), { cause: error });
  }
}

async function unsent(connection: LastingConnection): Promise<Fate> {
  await connection.mend();
  return { fate: 'not-begun' };
}

async function fateOf(connection: LastingConnection, { apply, as, journalId }: Delivery): Promise<Fate> {
  if (apply.via === 'controller' || journalId === undefined) {
    await connection.mend();
    return { fate: 'untold' };
  }
  const patience = apply.deadline ?? applyDeadline;
  const request = { script: fateScript(journalId, patience), deadline: patience + answerSeconds };
  const [response] = await connection.probe([request], as);
  // What was written before the host was started anew is gone: that nothing is there says nothing.
  return response === undefined || !connection.isSameBoot
    ? { fate: 'untold' }
    : parseFate(replyOf(response, 'its journal'));
}

function withReason({ message, hint }: ConnectionError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
