import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import type {} from '@fastify/swagger'; // Its words of a schema: `summary`.
import fastify, { type FastifyServerOptions } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { compileSchema } from './check-request.js';

/** Bytes of a body at most. */
const largestBody = 1024 * 1024;
/** Bytes of a registry's notifications. */
const largestEvents = 16 * 1024 * 1024;

/** Makes a server without routes, its schemas in zod. */
export async function makeBareApp(trustProxy: boolean, server: FastifyServerOptions) {
  const app = fastify({
    logger: false,
    bodyLimit: largestBody,
    trustProxy,
    routerOptions: { maxParamLength: 600, ignoreTrailingSlash: true },
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    forceCloseConnections: 'idle',
    ...server,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(compileSchema);
  app.setSerializerCompiler(serializerCompiler);
  // Clients send this type also with nothing behind it.
  const json = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else json(request, String(body), done);
  });
  // Registries send notifications so: 2.8 the first, 3.x the second.
  for (const version of ['v1', 'v2']) {
    app.addContentTypeParser(
      `application/vnd.docker.distribution.events.${version}+json`,
      { parseAs: 'string', bodyLimit: largestEvents },
      app.getDefaultJsonParser('error', 'error'),
    );
  }
  await app.register(fastifyCookie);
  await app.register(fastifyFormbody, { bodyLimit: largestBody });
  return app;
}

/** Server of the API, as routes are added to it. */
export type ServiceApp = Awaited<ReturnType<typeof makeBareApp>>;
