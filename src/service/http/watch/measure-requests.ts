import type { ServiceMetrics } from '../../metrics/service-metrics.js';
import type { ServiceApp } from '../bare-app.js';

/** Counts requests by their routes, as the routes are written: no path of a request becomes a name. */
export function measureRequests(app: ServiceApp, metrics: ServiceMetrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    // Of what is nowhere the method may be anything.
    const labels = route === 'none' ? { method: 'any', route } : { method, route };
    metrics.requests.observe(labels, reply.elapsedTime / 1000);
    metrics.answers.inc({ ...labels, status: reply.statusCode });
  });
}
