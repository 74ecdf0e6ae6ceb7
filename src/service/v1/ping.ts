import { z } from 'zod';
import type { ServiceApp } from '../http/bare-app.js';
import { addV1Headers, answerV1 } from './v1-answer.js';

/**
 * Adds the answers by which clients find out that v1 is spoken here. docker reads the header, and no body then; clients of
 * Crane and older ones compare the body with `true`.
 */
export function addPings(app: ServiceApp): void {
  for (const url of ['/_ping', '/v1/_ping']) {
    app.get(
      url,
      {
        config: { needs: 'anybody', own: true },
        schema: {
          summary: 'Says that v1 is spoken here',
          response: { 200: z.literal(true) },
        },
      },
      async (_request, reply) => {
        addV1Headers(reply);
        return answerV1(reply.header('X-Docker-Registry-Standalone', 'True'), 200, true);
      },
    );
  }
}
