import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { type Explained, explainIssue } from '../../diagnostics/shapes/explain-issue.js';
import { wordPath } from '../../diagnostics/shapes/value-words.js';
import type { ProblemPlace } from '../problem.js';

/** Places of a request that are told at most. */
const mostPlaces = 20;

/** Error of a request that the schema of its route refuses. */
export class WrongRequest extends Error {
  readonly #found: readonly Explained[];
  /** Part of the request, as fastify names it: `body`, `querystring`, `params`. */
  validationContext?: string;

  constructor(found: readonly Explained[]) {
    super('the request is wrong');
    this.#found = found;
  }

  /** Places that are wrong, and why. */
  get places(): ProblemPlace[] {
    return this.#found.slice(0, mostPlaces).map(({ at, message, hint, code }) => {
      const name = `${wordPath(at)}: `;
      const detail = message.startsWith(name) ? message.slice(name.length) : message;
      // Other hints are about files of YAML.
      const told = hint === undefined || code === 'wrong-type' ? detail : `${detail}: ${hint}`;
      return { pointer: this.#pointer(at).slice(0, 200), detail: told.slice(0, 300) };
    });
  }

  /** Returns a JSON pointer into the body (RFC 6901), or the name of a parameter. */
  #pointer(at: Explained['at']): string {
    if (this.validationContext !== 'body') return at.join('/') || (this.validationContext ?? '');
    return at.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || '/';
  }
}

/** Compiles a schema for fastify: what it refuses is told in the words of the command. */
export const compileSchema: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const result = schema.safeParse(data, { reportInput: true });
    if (result.success) return { value: result.data };
    return { error: new WrongRequest(result.error.issues.flatMap((issue) => explainIssue(issue, data, schema))) };
  };
