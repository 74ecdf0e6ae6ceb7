import { z } from 'zod';
import { Problem } from '../../problem.js';
import { newUser, userSchema } from '../../schemas/access.js';
import type { ServiceParts } from '../../service-parts.js';
import { actorOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { shownUser } from './users.js';

/** Adds the route that makes the first account, an administrator. */
export function addSetupRoute(app: ServiceApp, { accounts, setup, audit }: ServiceParts): void {
  const body = newUser.pick({ name: true, password: true, fullName: true, email: true }).extend({
    token: z.string().max(200).describe('Setup token, which the service prints when it starts'),
  });
  app.post(
    '/api/v1/setup',
    {
      config: { needs: 'anybody' },
      schema: {
        summary: 'Makes the first account, by the token that the service printed',
        body,
        response: { 201: userSchema },
      },
    },
    async (request, reply) => {
      const { token, ...given } = request.body;
      if (!setup.opens(token)) {
        await audit.record(actorOf(request), { verb: 'setup', object: given.name, outcome: 'refused' });
        throw new Problem(
          'forbidden',
          'the setup token is wrong, or was used: the service prints one when it starts without an administrator',
        );
      }
      if (await accounts.hasAdministrator()) {
        setup.end();
        throw new Problem('conflict', 'there is an administrator already');
      }
      const row = await accounts.create({ ...given, isAdmin: true });
      setup.end();
      await audit.record(actorOf(request, row.name), { verb: 'setup', object: row.name });
      return reply.code(201).send(shownUser(row));
    },
  );
}
