import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../../problem.js';

/**
 * Answers a browser that came back from a login by a small page, and whatever else by the problem itself. The page runs and loads
 * nothing, whatever is in its text.
 * @throws the problem
 */
export function refuseInPage(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  again: string,
): FastifyReply {
  if (!wantsPage(request.headers.accept)) throw problem;
  const title = escapeHtml(STATUS_CODES[problem.status] ?? '');
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .headers({
      'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
    })
    .type('text/html; charset=utf-8')
    .serializer(String)
    .send(
      '<!doctype html><html lang="en"><meta charset="utf-8">' +
        `<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title><h1>Login: ${title}</h1>` +
        `<p>${escapeHtml(problem.message)}.</p><p><a href="${escapeHtml(again)}">Log in again</a> or <a href="/login">in another way</a></p></html>\n`,
    );
}

/** Returns true for a browser: programs take JSON, or anything. */
function wantsPage(accept: string | undefined): boolean {
  return /\btext\/html\b/.test(accept ?? '');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '');
}
