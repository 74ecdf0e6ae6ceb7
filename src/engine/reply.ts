import type { Response } from '../connection/connection.js';
import { mostKept } from '../connection/kept-output.js';
import type { Reply } from '../model/resource.js';

/**
 * Returns what a script printed.
 *
 * @param what names it for the error: `its facts`
 * @throws Error where it printed more than is kept, so that a part is never taken for the whole
 */
export function replyOf({ status, stdout, stderr, leftOut }: Response, what: string): Reply {
  if (leftOut !== undefined) throw new Error(`${what} could not be read: ${excessText(leftOut)}`);
  return { status, stdout, stderr };
}

/** Describes output that was too long. @param leftOut bytes of it that were not kept */
export function excessText(leftOut: number): string {
  const kept = mostKept / 1024 / 1024;
  return `it printed more than the ${kept} MiB that are kept of a script's output: ${leftOut} bytes were left out`;
}
