import { z } from 'zod';
import { Problem } from '../../../problem.js';
import type { ServiceParts } from '../../../service-parts.js';
import { checkDatabase } from '../../../store/database.js';
import type { ServiceApp } from '../../bare-app.js';

const explanations: Readonly<Record<string, string>> = {
  'invalid-request': 'The request cannot be read. `detail` says what of it.',
  unauthenticated: 'The request shows no account, or a wrong password or token. `detail` says what to do.',
  forbidden: 'The account may not do this.',
  'not-found': 'There is no such thing, or the account may not see it: nobody can tell which.',
  'method-not-allowed': 'The path does not take this method.',
  conflict: 'What is there stands against it. `detail` says what.',
  'version-mismatch': 'It has changed since it was read. Read it again, and send the new ETag as If-Match.',
  'too-large': 'The body is too large.',
  'unsupported-media-type': 'Send JSON: Content-Type: application/json.',
  unprocessable: 'Fields of the request are wrong. `errors` has each with its place.',
  'version-required': 'Send the ETag of what you read as If-Match.',
  'too-many-requests': 'Wait for as many seconds as Retry-After says.',
  internal: 'The service failed. Its log has the reason, by the id in `instance`.',
  unavailable: 'Something that this needs does not answer at the moment.',
};

/** Adds what watchers ask for, and the pages that explain problems. */
export function addHealthRoutes(app: ServiceApp, { database }: ServiceParts): void {
  const config = { needs: 'anybody', own: true } as const;
  const status = z.object({ status: z.string() });
  app.get(
    '/healthz',
    { config, schema: { summary: 'Says that the process runs', response: { 200: status } } },
    async () => ({ status: 'ok' }),
  );
  app.get(
    '/readyz',
    { config, schema: { summary: 'Says whether the database answers', response: { 200: status, 503: status } } },
    async (_request, reply) => {
      try {
        await checkDatabase(database);
        return { status: 'ok' };
      } catch {
        return reply.code(503).send({ status: 'the database does not answer' }); // Whoever asks wants just this.
      }
    },
  );
  app.get(
    '/api/v1/problems/:kind',
    {
      config: { needs: 'anybody' },
      schema: {
        summary: 'Explains a kind of refusal',
        params: z.strictObject({ kind: z.string().max(40) }),
        response: { 200: z.object({ explanation: z.string() }) },
      },
    },
    async (request) => {
      const { kind } = request.params;
      const explanation = Object.hasOwn(explanations, kind) ? explanations[kind] : undefined;
      if (explanation === undefined) throw new Problem('not-found', 'there is no such kind of problem');
      return { explanation };
    },
  );
}
