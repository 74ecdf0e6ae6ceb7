import { requireAccount } from '../http/admit.js';
import type { ServiceApp } from '../http/bare-app.js';
import { Problem } from '../problem.js';
import { v1Ok, v1UserPath } from '../schemas/v1.js';
import { answerV1 } from './v1-answer.js';
import type { V1Context } from './v1-context.js';

const config = { needs: 'anybody', own: true } as const;

/**
 * Adds the routes by which older clients log in. They first ask to be registered: without a right login that is refused with 401, which
 * they take as the sign to log in by the name and password that they have.
 */
export function addV1UserRoutes(app: ServiceApp, { parts }: V1Context): void {
  app.get(
    '/users',
    { config, schema: { summary: 'Says that a login of v1 is right', response: { 200: v1Ok } } },
    async (request, reply) => {
      requireAccount(request);
      return answerV1(reply, 200, 'OK');
    },
  );
  app.post('/users', { config, schema: { summary: 'Refuses to make an account by v1' } }, async (request) => {
    requireAccount(request);
    throw noRegistration('made');
  });
  app.put(
    '/users/:user',
    { config, schema: { summary: 'Refuses to change an account by v1', params: v1UserPath } },
    async (request) => {
      requireAccount(request);
      throw noRegistration('changed');
    },
  );

  function noRegistration(how: string): Problem {
    const route = `${parts.settings.url()}/api/v1/users`;
    return new Problem('invalid-request', `Accounts are not ${how} here. Ask an administrator, or use ${route}`);
  }
}
