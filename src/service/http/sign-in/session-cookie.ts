import type { FastifyReply } from 'fastify';
import { sessionCookie } from '../admit.js';

/** Gives the browser the cookie of a session: for this host alone, and for no script. */
export function setSessionCookie(reply: FastifyReply, value: string): void {
  reply.setCookie(sessionCookie, value, { path: '/', httpOnly: true, secure: true, sameSite: 'lax' });
}
