import { RegistryError } from '../../registry-error.js';
import { refusal, type ServerAnswer } from '../answers/answer.js';

/** Seconds after which a client may try again, where the upstream said nothing. */
const usualWait = 30;

/**
 * Makes the answer where the upstream was needed, and failed. It is never 401: that would ask the client for an account
 * of the upstream.
 */
export function upstreamAnswer({ kind, message, retryAfter }: RegistryError): ServerAnswer {
  const why = `the upstream registry: ${message}`;
  switch (kind) {
    case 'rate-limited': {
      const answer = refusal(429, 'TOOMANYREQUESTS', why);
      const seconds = retryAfter === undefined ? usualWait : Math.max(1, Math.ceil(retryAfter / 1000));
      return { ...answer, headers: { ...answer.headers, 'Retry-After': seconds } };
    }
    case 'unauthorized':
    case 'denied':
      return refusal(403, 'DENIED', why);
    default:
      return refusal(502, 'UNKNOWN', why);
  }
}

/** Adds to an answer that the upstream couldn't be asked whether it is still so (RFC 7234, 5.5). */
export function staleAnswer(answer: ServerAnswer): ServerAnswer {
  return { ...answer, headers: { ...answer.headers, Warning: '111 - "Revalidation Failed"' } };
}

/** Returns true for the error of something that the upstream hasn't. */
export function isAbsent(error: unknown): boolean {
  return error instanceof RegistryError && error.kind === 'not-found';
}
