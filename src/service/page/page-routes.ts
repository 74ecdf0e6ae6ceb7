import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceApp } from '../http/bare-app.js';
import { notFound } from '../problem.js';
import { pagePaths } from './page-paths.js';
import { assetPath, webBuild } from './web-build.js';

/** Rules that browsers hold a page to: it loads and asks nothing but this service, and stands in no frame. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of the reader that count for the API as well. */
const passedOn = ['cookie', 'authorization', 'user-agent', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'];

/** Adds the pages, and what they load. They read all by the API, with the rights of whoever looks at them. @param theme of who has chosen none */
export function addPageRoutes(app: ServiceApp, theme: string): void {
  const config = { needs: 'anybody', isPage: true } as const;
  for (const path of ['/', ...pagePaths.flatMap((name) => [`/${name}`, `/${name}/*`])]) {
    app.get(path, { config }, async (request, reply) => await sendPage(app, request, reply, theme));
  }
  app.get<{ Params: { name: string } }>(`${assetPath}:name`, { config }, async ({ params, headers }, reply) => {
    const file = (await webBuild()).files.get(params.name);
    if (file === undefined) throw notFound(`file ${params.name.slice(0, 200)}`);
    const takesGzip = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    if (takesGzip) reply.header('Content-Encoding', 'gzip');
    return await reply
      .header('Cache-Control', 'public, max-age=31536000, immutable')
      .header('Vary', 'Accept-Encoding')
      .type(file.type)
      .send(takesGzip ? file.packed : file.plain);
  });
}

async function sendPage(
  app: ServiceApp,
  request: FastifyRequest,
  reply: FastifyReply,
  theme: string,
): Promise<FastifyReply> {
  const { makePage, script, styles, filesOf } = await webBuild();
  const headers = Object.fromEntries(
    passedOn.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]])),
  );
  const { status, html } = await makePage({
    url: request.url,
    script,
    styles,
    filesOf,
    language: request.cookies['provision-language'],
    theme: request.cookies['provision-theme'] ?? theme,
    acceptedLanguages: request.headers['accept-language'] ?? '',
    transport: async ({ method, path }) => {
      const answer = await app.inject({
        method: method === 'GET' ? 'GET' : 'HEAD', // A page that is read changes nothing.
        url: path,
        headers,
        remoteAddress: request.socket.remoteAddress ?? '',
      });
      return { status: answer.statusCode, text: answer.payload, etag: String(answer.headers.etag ?? '') };
    },
  });
  return await reply
    .code(status)
    .headers({
      'Content-Security-Policy': contentPolicy,
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
    })
    .header('Vary', 'Accept-Language, Cookie')
    .type('text/html; charset=utf-8')
    .serializer(String)
    .send(html);
}
