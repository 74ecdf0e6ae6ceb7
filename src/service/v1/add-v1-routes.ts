import { TokenBundle } from '../../registry/server/access/tokens/token-bundle.js';
import { noSuchRoute, problemOf } from '../http/answer-problem.js';
import type { ServiceApp } from '../http/bare-app.js';
import type { ServiceParts } from '../service-parts.js';
import { OwnTokens } from '../tokens/own-tokens.js';
import { addV1ImageRoutes } from './images/image-routes.js';
import { addPings } from './ping.js';
import { addV1RepositoryRoutes } from './repositories/repository-routes.js';
import { addV1Headers, refuseV1 } from './v1-answer.js';
import type { StarsOf, V1Context } from './v1-context.js';
import { addV1Search } from './v1-search.js';
import { v1Sender } from './v1-sender.js';
import { addV1UserRoutes } from './v1-users.js';

/** Bytes of a body: no route takes more than a name. */
const largestBody = 64 * 1024;

/**
 * Adds the routes of the first docker-registry and its index (`/v1/…`), over what the registries have today: for `docker search`, and for
 * scripts of that time. Errors have its form; who may do what is as everywhere in the service.
 * @param starsOf counts stars; default: there are none
 */
export function addV1Routes(app: ServiceApp, parts: ServiceParts, starsOf: StarsOf = async () => new Map()): void {
  const stop = new AbortController();
  let bundle: TokenBundle | undefined;
  const context: V1Context = {
    parts,
    starsOf,
    ownTokens: new OwnTokens(parts.keys, parts.settings.issuerName),
    bundle: () => {
      bundle ??= new TokenBundle(parts.keys.bundle);
      return bundle;
    },
    signal: stop.signal,
  };
  app.addHook('preClose', async () => stop.abort(new Error('the service stops')));
  addPings(app);
  app.register(
    async (v1: ServiceApp) => {
      // Bodies are read by hand: curl names another type than it sends.
      v1.removeAllContentTypeParsers();
      v1.addContentTypeParser('*', { parseAs: 'string', bodyLimit: largestBody }, (_request, body, done) =>
        done(null, body),
      );
      v1.addHook('onRequest', async (request, reply) => {
        addV1Headers(reply);
        request.principal = await v1Sender(context, request);
      });
      v1.setErrorHandler((error, request, reply) => refuseV1(reply, problemOf(error, request, parts.complain)));
      v1.setNotFoundHandler((request, reply) => refuseV1(reply, noSuchRoute(request)));
      addV1Search(v1, context);
      addV1UserRoutes(v1, context);
      addV1RepositoryRoutes(v1, context);
      addV1ImageRoutes(v1, context);
    },
    { prefix: '/v1' },
  );
}
