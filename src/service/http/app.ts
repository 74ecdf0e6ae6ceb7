import type { FastifyServerOptions } from 'fastify';
import type { ServiceParts } from '../service-parts.js';
import { admit } from './admit.js';
import { answerProblem, noSuchRoute, problemOf } from './answer-problem.js';
import { makeBareApp, type ServiceApp } from './bare-app.js';
import { addRepeats } from './repeats.js';
import { addRoutes } from './routes/all.js';
import { measureRequests } from './watch/measure-requests.js';
import { traceRequests } from './watch/trace-requests.js';

/**
 * Makes the server: its routes, who may use them, and how refusals are told.
 * @param onRoute called for each route of the API that is added
 */
export async function makeApp(
  parts: ServiceParts,
  server: FastifyServerOptions,
  onRoute: (route: { readonly method: string; readonly url: string }) => void,
): Promise<ServiceApp> {
  const app = await makeBareApp(parts.settings.trustsProxy, server);
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.isPage === true) return;
    for (const each of [method].flat()) onRoute({ method: each, url });
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id).header('X-Content-Type-Options', 'nosniff');
    reply.header('Cache-Control', 'no-store');
    await admit(parts, request);
  });
  app.setErrorHandler((error, request, reply) =>
    answerProblem(reply, request, problemOf(error, request, parts.complain)),
  );
  app.setNotFoundHandler((request, reply) => answerProblem(reply, request, noSuchRoute(request)));
  measureRequests(app, parts.metrics);
  if (parts.traces !== undefined) traceRequests(app, parts.traces);
  addRepeats(app, parts);
  addRoutes(app, parts);
  return app;
}
