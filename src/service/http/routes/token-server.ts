import { z } from 'zod';
import type { ServiceParts } from '../../service-parts.js';
import { actorOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';

/** Adds what registries need to trust the token server, and the change of its key. */
export function addTokenServerRoutes(app: ServiceApp, { keys, audit, settings }: ServiceParts): void {
  const anybody = { needs: 'anybody' } as const;
  const described = z.object({
    realm: z.string().describe('`auth.token.realm`'),
    issuer: z.string().describe('`auth.token.issuer`'),
    rootcertbundle: z.string().describe('Content of the file `auth.token.rootcertbundle`, PEM'),
  });
  app.get(
    '/api/v1/token-server',
    { config: anybody, schema: { summary: 'Shows how registries trust this service', response: { 200: described } } },
    async () => ({
      realm: `${settings.url()}/token`,
      issuer: settings.issuerName,
      rootcertbundle: keys.bundle,
    }),
  );
  app.get(
    '/.well-known/jwks.json',
    { config: anybody, schema: { summary: 'Lists the public keys of tokens' } },
    async () => await keys.keySet(),
  );
  app.post(
    '/api/v1/token-server/rotate',
    {
      config: { needs: 'administrator' },
      schema: { summary: 'Begins to sign by a new key', response: { 204: z.null() } },
    },
    async (request, reply) => {
      await keys.rotate();
      await audit.record(actorOf(request), { verb: 'token-key.rotate', object: settings.issuerName });
      return reply.code(204).send(null);
    },
  );
}
