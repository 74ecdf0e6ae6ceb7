import { Problem } from '../problem.js';
import type { LookAnswer } from './child/child-request.js';

/** Makes the refusal of what a process could not read: each error with its place. */
export function lookProblem(answer: LookAnswer): Problem {
  const errors = 'errors' in answer ? answer.errors : [];
  const worded = errors.map(({ message, hint, place, pointer }) => ({
    pointer: pointer ?? (place === undefined ? '' : `${place.file}:${place.line}:${place.column}`),
    detail: hint === undefined ? message : `${message} (${hint})`,
  }));
  const all = worded.map(({ detail }) => detail).join('; ');
  return new Problem('unprocessable', all.slice(0, 2000), { errors: worded });
}
