import type { Apply, ControllerSession } from '../../model/resource.js';

/**
 * Runs a planned script from within a controller-side change.
 *
 * @returns the reason of a failure, or undefined
 */
export async function carryOut(apply: Apply, session: ControllerSession): Promise<string | undefined> {
  if (apply.via === 'controller') return apply.run(session);
  if (apply.via === 'upload') throw new Error('an upload cannot be run from a controller-side change');
  const { status, stderr } = await session.run(apply.script, apply.stdin === undefined ? {} : { stdin: apply.stdin });
  return status === 0 ? undefined : stderr.trim() || `exit status ${status}`;
}
