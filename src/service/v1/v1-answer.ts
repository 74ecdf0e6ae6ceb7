import type { FastifyReply } from 'fastify';
import { sortedJson } from '../../registry/v1/sorted-json.js';
import type { Problem } from '../problem.js';

/** Headers of all answers (docker-registry 0.9). */
const usualHeaders = { 'Cache-Control': 'no-cache', Expires: '-1', Pragma: 'no-cache' } as const;

/** Adds the headers that answers of v1 have. */
export function addV1Headers(reply: FastifyReply): void {
  reply.headers(usualHeaders);
}

/** Answers in JSON, its keys sorted, as the older servers did. */
export function answerV1(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  // Bytes, as fastify would add to the type of a text.
  return reply
    .code(status)
    .header('Content-Type', 'application/json')
    .send(Buffer.from(sortedJson(body)));
}

/** Answers by a refusal: `{"error": …}`. */
export function refuseV1(reply: FastifyReply, { status, message, headers }: Problem): FastifyReply {
  addV1Headers(reply);
  return answerV1(reply.headers(headers), status === 422 ? 400 : status, { error: message });
}
