import { RegistryError } from '../../registry-error.js';
import { readErrorBody } from '../wire/error-body.js';
import { readText } from '../wire/read-text.js';
import type { WireAnswer } from '../wire/send-request.js';

/** A server, or a proxy before it, took the request and refused the bytes (413, 416). */
export class RefusedPart extends Error {
  constructor(
    readonly status: number,
    /** Bytes that were refused. */
    readonly length: number,
    /** Reason that was given; empty where none was. */
    readonly reason: string,
  ) {
    super(`refused with ${status}`);
  }
}

/** Makes the error of an answer that refuses a part. */
export async function refusedPart(answer: WireAnswer, length: number): Promise<RefusedPart> {
  const text = await readText(answer, 64 << 10, 5_000).catch(() => ''); // Cut short: the status says enough.
  return new RefusedPart(answer.status, length, readErrorBody(text).explanation);
}

/** Bytes of a part where whole blobs are refused, and below which no part is made smaller. */
const [firstPart, leastPart] = [32 << 20, 64 << 10];

/**
 * Returns the size of parts to try next: half of what was refused, whatever it was. nginx takes 1 MiB by default.
 * Undefined where it makes no sense to go on.
 * @param least bytes that the registry wants of a part (OCI-Chunk-Min-Length)
 */
export function smallerPart({ length }: RefusedPart, least: number): number | undefined {
  const next = Math.min(firstPart, Math.floor(length / 2));
  return next < Math.max(least, leastPart) ? undefined : next;
}

/** Makes the error of a part that is refused at every size. */
export function refusalError(attempt: string, { status, length, reason }: RefusedPart, least: number): RegistryError {
  const its = reason === '' ? '' : `: ${reason}`;
  if (length < least) {
    return new RegistryError(
      'protocol',
      `could not ${attempt}: a part of ${length} bytes is refused (${status})${its}`,
      {
        status,
        hint: `set a chunk size of ${least} bytes at least: the registry takes no smaller parts`,
      },
    );
  }
  return new RegistryError('protocol', `could not ${attempt}: it is refused as too large (${status})${its}`, {
    status,
    hint: 'raise the limit that a proxy before the registry sets for a request, or set a smaller chunk size',
  });
}
