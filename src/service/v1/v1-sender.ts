import type { FastifyRequest } from 'fastify';
import { nobody, type Principal } from '../access/principal.js';
import { principalOfHeader, unauthenticated } from '../http/admit.js';
import { findTokenSender } from './token-sender.js';
import type { V1Context } from './v1-context.js';

/**
 * Returns the sender of a request: by its password, an access token, or a token of the token server, which docker sends as Bearer where
 * it keeps an identity token, and older clients as `Token signature=…`. A cookie is nobody's here: no page of another site can do
 * anything by it. @throws Problem
 */
export async function v1Sender(context: V1Context, request: FastifyRequest): Promise<Principal> {
  const { authorization } = request.headers;
  if (authorization === undefined) return nobody;
  const token = /^(?:Bearer +|Token +signature=)"?([\w-]+\.[\w-]+\.[\w-]+)"?(?:,|$)/i.exec(authorization)?.[1];
  if (token === undefined) return await principalOfHeader(context.parts, request, authorization, 'v1');
  const sender = await findTokenSender(context, token);
  if (sender === undefined) throw unauthenticated('this token is not valid here, or not any more: log in again');
  request.tokenRegistry = sender.registry;
  return sender.principal;
}
