import type { FastifyRequest } from 'fastify';
import { Problem } from '../problem.js';
import type { ServiceParts } from '../service-parts.js';
import type { RepeatableRequest } from '../store/kept-answers.js';
import { senderOf } from './admit.js';
import type { ServiceApp } from './bare-app.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Request with an Idempotency-Key, whose answer is to be kept. */
    repeatable?: RepeatableRequest;
  }
}

/** Headers of an answer that are kept with it. */
const keptHeaders = ['content-type', 'location', 'etag', 'preference-applied'] as const;

/** Lets clients send a change again that they have no answer of: with its Idempotency-Key it is done once. */
export function addRepeats(app: ServiceApp, { answers }: ServiceParts): void {
  app.addHook('preHandler', async (request, reply) => {
    const repeatable = repeatableOf(request);
    if (repeatable === undefined) return;
    const found = await answers.begin(repeatable);
    if (found === 'new') {
      request.repeatable = repeatable;
      return;
    }
    if (found === 'other') throw new Problem('unprocessable', 'this Idempotency-Key was sent with another request');
    if (found === 'running') {
      throw new Problem(
        'conflict',
        'a request with this Idempotency-Key has no answer yet; where that stays so, look for what it was to do, and send another key',
        { headers: { 'Retry-After': '1' } },
      );
    }
    const { status, headers, body } = found;
    reply.code(status).headers({ ...headers, 'idempotency-replayed': 'true' });
    return reply.serializer(String).send(body);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const { repeatable } = request;
    if (repeatable === undefined) return payload;
    // Of a change that failed by an error nobody knows what was done; sent again, it is not begun again.
    if (reply.statusCode >= 300 && reply.statusCode !== 500) {
      await answers.forget(repeatable);
      return payload;
    }
    const headers = keptHeaders.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)] as const];
    });
    const body = typeof payload === 'string' ? payload : '';
    await answers.keep(repeatable, { status: reply.statusCode, headers: Object.fromEntries(headers), body });
    return payload;
  });
}

/** Returns what is known of a request by its key; undefined: it has none, or changes nothing that an account does. */
function repeatableOf(request: FastifyRequest): RepeatableRequest | undefined {
  const { method, url, headers, body, routeOptions } = request;
  const { needs, own = false, reads = false } = routeOptions.config;
  const given = headers['idempotency-key'];
  const { account } = senderOf(request);
  if (given === undefined || method === 'GET' || method === 'HEAD') return undefined;
  if (own || reads || needs === 'anybody' || account === undefined) return undefined;
  const key = /^"?([\x21\x23-\x7e]{1,255})"?$/.exec(String(given))?.[1];
  if (key === undefined)
    throw new Problem('invalid-request', 'Idempotency-Key: must be 1 to 255 letters, digits and signs');
  return { account: account.id, key, content: `${method} ${url}\n${JSON.stringify(body) ?? ''}` };
}
