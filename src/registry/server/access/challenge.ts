import type { IncomingMessage } from 'node:http';
import { isRegistryHost } from '../../names.js';
import { refusal, type ServerAnswer } from '../answers/answer.js';

/** Path at which tokens are asked for. */
export const tokenPath = '/v2/token';

/** Makes the refusal of a request without an account, or with a wrong one. */
export function unauthorized(challenge = 'Basic realm="registry", charset="UTF-8"'): ServerAnswer {
  const answer = refusal(401, 'UNAUTHORIZED', 'authentication required');
  return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': challenge } };
}

/**
 * Returns the challenge that sends a client for a token; undefined where the request doesn't say by which name it
 * reached the server. Behind a proxy that speaks TLS, X-Forwarded-Proto says so.
 */
export function bearerChallenge({ headers, socket }: IncomingMessage, scope: string | undefined): string | undefined {
  const { host = '' } = headers;
  if (!isRegistryHost(host)) return undefined;
  const isTls = 'encrypted' in socket || headers['x-forwarded-proto'] === 'https';
  const wanted = scope === undefined ? '' : `,scope="${scope}"`;
  return `Bearer realm="${isTls ? 'https' : 'http'}://${host}${tokenPath}",service="${host}"${wanted}`;
}
