import type { Span } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import type { Traces } from '../../metrics/traces/traces.js';
import type { ServiceApp } from '../bare-app.js';

/** Traces requests by their routes: what they do is below them. */
export function traceRequests(app: ServiceApp, traces: Traces): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const { traceparent } = request.headers;
    const span = traces.begin({
      name: `${request.method} ${route}`,
      kind: 'server',
      attributes: { 'http.request.method': request.method, 'http.route': route, 'provision.request.id': request.id },
      parent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    spans.set(request, span);
    traces.within(span, done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const span = spans.get(request);
    const { statusCode } = reply;
    if (span === undefined) return;
    const error = statusCode >= 500 ? `status ${statusCode}` : undefined;
    traces.end(span, { 'http.response.status_code': statusCode }, error);
  });
}
