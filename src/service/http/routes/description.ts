import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../files/package-root.js';
import type { ServiceApp } from '../bare-app.js';

/** Adds the route of the API's description, as it is in the package: it is made from the schemas of the routes. */
export function addDescriptionRoute(app: ServiceApp): void {
  let text: Promise<string> | undefined;
  app.get(
    '/api/v1/openapi.json',
    { config: { needs: 'anybody' }, schema: { summary: 'Describes the API (OpenAPI 3.1)' } },
    async (_request, reply) => {
      text ??= readFile(join(packageRoot, 'docs/reference/openapi.json'), 'utf8');
      return reply.type('application/json; charset=utf-8').send(await text);
    },
  );
}
