import { ZodError } from 'zod';
import { ConnectionError, type ConnectionProblem } from '../connection/connection.js';
import { InputError } from '../diagnostics/diagnostic.js';

/** Message of an error, and a hint about what to do. */
export interface ErrorText {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Puts what a role, a resource or a connection threw into words. Errors of the input keep their places. */
export function explainError(error: unknown): ErrorText {
  if (error instanceof InputError) {
    const hints = error.diagnostics.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
    return {
      message: error.diagnostics
        .map(({ message, place }) => (place ? `${place.file}:${place.line}:${place.column}: ${message}` : message))
        .join('\n'),
      hint: hints.length > 0 ? hints.join('\n') : undefined,
    };
  }
  if (error instanceof ZodError) {
    const issues = error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join('.')}: ${message}` : message,
    );
    return { message: issues.join('\n') };
  }
  if (!(error instanceof Error)) return { message: String(error) };
  const hint = 'hint' in error && typeof error.hint === 'string' && error.hint !== '' ? error.hint : undefined;
  return { message: error.message, hint };
}

/** Tells a host that answers but cannot be worked with (it failed) from one that is out of reach (it is unreachable). */
export function isHostFailure(problem: ConnectionProblem): boolean {
  switch (problem) {
    case 'locked':
    case 'same-machine':
    case 'become-password-wrong':
    case 'become-password-missing':
    case 'become-not-allowed':
    case 'become-tty':
    case 'shell':
      return true;
    case 'unresolved':
    case 'refused':
    case 'closed':
    case 'timeout':
    case 'host-key-unknown':
    case 'host-key-changed':
    case 'authentication':
    case 'lost':
      return false;
  }
}

/** Tells whether an error concerns one user of the host only, so that tasks of other users can go on. */
export function isOfOneUser(error: unknown): boolean {
  return error instanceof ConnectionError && !isOfWholeHost(error.problem) && isHostFailure(error.problem);
}

function isOfWholeHost(problem: ConnectionProblem): boolean {
  return problem === 'locked' || problem === 'same-machine';
}
