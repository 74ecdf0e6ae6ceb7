import { z } from 'zod';
import { Problem } from '../../problem.js';
import { directoriesSchema, directoryLook } from '../../schemas/access.js';
import type { ServiceParts } from '../../service-parts.js';
import { actorOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';

/** Adds the route by which an administrator sees what the directory says of a name, and what would come of it. */
export function addDirectoryRoutes(app: ServiceApp, { directories, oidc, audit }: ServiceParts): void {
  app.get(
    '/api/v1/directories',
    {
      config: { needs: 'administrator' },
      schema: { summary: 'Tells which directories of accounts are set up', response: { 200: directoriesSchema } },
    },
    async () => ({ ldap: directories.checksPasswords, oidc: oidc !== undefined }),
  );
  app.post(
    '/api/v1/directories/ldap/look',
    {
      config: { needs: 'administrator' },
      schema: {
        summary: 'Looks a name up in the directory',
        body: z.strictObject({ name: z.string().min(1).max(256) }),
        response: { 200: directoryLook },
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
