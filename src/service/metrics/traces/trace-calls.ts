import { channel } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Traces } from './traces.js';

/** Channel on which Node tells of each request that its client begins. */
const begun = channel('http.client.request.start');

/**
 * Traces the requests that this process sends to registries.
 * @param isTraced false: it goes to whoever receives the traces
 * @returns ends it
 */
export function traceCalls(traces: Traces, isTraced: (host: string, path: string) => boolean): () => void {
  const onRequest = (message: unknown) => {
    const request = requestOf(message);
    if (request === undefined) return;
    const host = String(request.getHeader('host') ?? request.host);
    const [path = '/'] = request.path.split('?'); // Behind it there may be a token.
    if (!path.startsWith('/v2/') || !isTraced(host, path)) return;
    const { method } = request;
    const attributes = { 'http.request.method': method, 'server.address': host, 'url.path': path };
    const span = traces.begin({ name: `${method} registry`, kind: 'client', attributes });
    let status: number | undefined;
    let error: string | undefined;
    request.once('response', ({ statusCode }) => {
      status = statusCode;
    });
    request.once('error', ({ message: text }) => {
      error = text;
    });
    request.once('close', () => {
      traces.end(span, status === undefined ? {} : { 'http.response.status_code': status }, error);
    });
  };
  begun.subscribe(onRequest);
  return () => void begun.unsubscribe(onRequest);
}

function requestOf(message: unknown): ClientRequest | undefined {
  if (typeof message !== 'object' || message === null || !('request' in message)) return undefined;
  return message.request instanceof ClientRequest ? message.request : undefined;
}
