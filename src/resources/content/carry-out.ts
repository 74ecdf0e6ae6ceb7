import type { Apply, ControllerSession } from '../../model/resource.js';

/** Makes a change that was planned as a script, from a change that the controller makes. @returns why it failed, or nothing */
export async function carryOut(apply: Apply, session: ControllerSession): Promise<string | undefined> {
  if (apply.via === 'controller') return apply.run(session);
  if (apply.via === 'upload') throw new Error('only small files are written so');
  const { status, stderr } = await session.run(apply.script, apply.stdin === undefined ? {} : { stdin: apply.stdin });
  return status === 0 ? undefined : stderr.trim() || `exit status ${status}`;
}
