import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, type ProblemKind } from '../problem.js';
import { pageHeader } from './admit.js';
import { WrongRequest } from './check-request.js';

/** Answers a request by a problem (RFC 9457). */
export function answerProblem(reply: FastifyReply, request: FastifyRequest, problem: Problem): FastifyReply {
  const { kind, status, message, errors, headers } = problem;
  // Clients of registries print what has their form.
  if (request.routeOptions.config.own === true) {
    const code = status === 429 ? 'TOOMANYREQUESTS' : status === 503 ? 'UNAVAILABLE' : 'UNKNOWN';
    return reply
      .code(status)
      .headers(headers)
      .send({ errors: [{ code, message }] });
  }
  return reply
    .code(status)
    .headers(isFromPage(request) ? withoutQuestion(headers) : headers)
    .type('application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({
      type: `/api/v1/problems/${kind}`,
      title: STATUS_CODES[status] ?? '',
      status,
      detail: message,
      instance: request.id,
      ...(errors.length === 0 ? {} : { errors }),
    });
}

function isFromPage({ headers }: FastifyRequest): boolean {
  return headers[pageHeader] !== undefined;
}

/** Returns headers that make no browser ask for a password in a window of its own: the page has a form. */
function withoutQuestion(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'WWW-Authenticate': question, ...others } = headers;
  return question === undefined ? others : { ...others, 'WWW-Authenticate': 'Session realm="provision"' };
}

/** Makes the refusal of a path that no route has. */
export function noSuchRoute({ method, url }: FastifyRequest): Problem {
  return new Problem('not-found', `there is nothing for ${method} at ${url.split('?')[0]?.slice(0, 200)}`);
}

/** Returns the problem of an error. One that is a bug is written to the log, and told in general words. */
export function problemOf(error: unknown, request: FastifyRequest, complain: (message: string) => void): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof WrongRequest) {
    const { places } = error;
    const detail = places.map(({ pointer, detail: each }) => `${pointer.replace(/^\//, '')}: ${each}`).join('; ');
    return new Problem('unprocessable', detail, { errors: places });
  }
  if (error instanceof Error) {
    const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    const kind = kinds[status];
    if (kind !== undefined) return new Problem(kind, error.message);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(`${request.id} ${request.method} ${request.url.split('?')[0]}: ${text.replaceAll(/\s*\n\s*/g, ' ')}`);
  return new Problem('internal', `the service failed; its log says why (${request.id})`);
}

/** Kinds of the errors that fastify itself has. */
const kinds: Readonly<Record<number, ProblemKind>> = {
  400: 'invalid-request',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
};
