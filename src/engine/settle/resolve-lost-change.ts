import { ConnectionError } from '../../connection/connection.js';
import { isHostFailure } from '../explain-error.js';
import { type JournalState, journalScript, parseJournal } from '../link/journal.js';
import { type LastingConnection, UnsentError } from '../link/lasting-connection.js';
import { replyOf } from '../reply.js';
import { applyDeadline, type Delivery, type DeliveryResult } from './delivery.js';

/** Seconds for the answer itself, beside the wait for a change that still runs. */
const answerSeconds = 60;

/** Tells a lost link from a host that answers but cannot be worked with. */
export function isLostLink(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError && !isHostFailure(error.problem);
}

/**
 * Finds out on a new link, from the host's journal, what happened to a change during which the link was lost. A change
 * is never sent again because its reply is missing. One that never started may be planned anew.
 *
 * @throws ConnectionError when the host is not reached again
 */
export async function resolveLostChange(
  connection: LastingConnection,
  delivery: Delivery,
  lost: ConnectionError,
): Promise<DeliveryResult> {
  const { apply, task } = delivery;
  const isUnsent = lost instanceof UnsentError && apply.via !== 'controller';
  try {
    const found = isUnsent ? await unsent(connection) : await readJournal(connection, delivery);
    switch (found.state) {
      case 'not-started':
        return { lost: 'not-started', why: lost.message };
      case 'finished':
        // A script that writes to a lost link is killed by a signal: it would not have ended like that otherwise.
        if (found.status > 128) return { lost: 'unknown', why: `it was ended with status ${found.status}` };
        return { lost: 'finished', reply: { status: found.status, stdout: '', stderr: '' } };
      case 'started':
        return { lost: 'unknown', why: found.running ? 'it is still running' : 'it started but did not finish' };
      case 'unrecorded':
        if (apply.via === 'controller' && apply.repeatable === true) return { lost: 'not-started', why: lost.message };
        return { lost: 'unknown', why: 'the host has no record of it' };
    }
  } catch (error) {
    if (!isLostLink(error)) throw error;
    const message = isUnsent
      ? `link lost before "${task.name}" was applied: it was not sent; run again`
      : `link lost while "${task.name}" was being applied: outcome unknown; run again to find out`;
    throw new ConnectionError(error.problem, message, withHint(error), { cause: error });
  }
}

async function unsent(connection: LastingConnection): Promise<JournalState> {
  await connection.restore();
  return { state: 'not-started' };
}

async function readJournal(connection: LastingConnection, { apply, as, journalId }: Delivery): Promise<JournalState> {
  if (apply.via === 'controller' || journalId === undefined) {
    await connection.restore();
    return { state: 'unrecorded' };
  }
  const patience = apply.deadline ?? applyDeadline;
  const request = { script: journalScript(journalId, patience), deadline: patience + answerSeconds };
  const [response] = await connection.probe([request], as);
  // A restart of the host empties the journal: an empty one means nothing then.
  return response === undefined || !connection.isSameBoot
    ? { state: 'unrecorded' }
    : parseJournal(replyOf(response, 'its journal'));
}

function withHint({ message, hint }: ConnectionError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
