import { z } from 'zod';
import { Problem } from '../../problem.js';
import type { ServiceParts } from '../../service-parts.js';
import { actorOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';

/** Adds the route by which an administrator sees what the directory says of a name, and what would come of it. */
export function addDirectoryRoutes(app: ServiceApp, { directories, audit }: ServiceParts): void {
  const looked = z
    .object({
      dn: z.string(),
      name: z.string().describe('Name of the account'),
      fullName: z.string(),
      email: z.string(),
      directoryGroups: z.array(z.string()).describe('Groups there'),
      groups: z.array(z.string()).describe('Groups of the service that a login would give'),
      admin: z.boolean().nullable().describe('Null: the service decides'),
      account: z.string().nullable().describe('Account that it has; null: a login would make one'),
      problem: z.string().nullable().describe('Reason why a login would be refused'),
    })
    .meta({ id: 'DirectoryLook' });
  app.post(
    '/api/v1/directories/ldap/look',
    {
      config: { needs: 'administrator' },
      schema: {
        summary: 'Looks a name up in the directory',
        body: z.strictObject({ name: z.string().min(1).max(256) }),
        response: { 200: looked },
      },
    },
    async (request) => {
      const { name } = request.body;
      const found = await directories.look(name);
      await audit.record(actorOf(request), { verb: 'directory.look', object: name });
      if (found !== undefined) return found;
      throw new Problem('not-found', 'the directory finds nobody of this name');
    },
  );
}
