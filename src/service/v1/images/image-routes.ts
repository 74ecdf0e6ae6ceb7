import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeImage } from '../../../registry/v1/image-json.js';
import { senderOf } from '../../http/admit.js';
import type { ServiceApp } from '../../http/bare-app.js';
import { Problem } from '../../problem.js';
import { v1Ancestry, v1Image, v1ImagePath, v1PartPath } from '../../schemas/v1.js';
import { requireLogin } from '../repositories/find-repository.js';
import { answerV1 } from '../v1-answer.js';
import type { V1Context } from '../v1-context.js';
import { type FoundImage, requireImage } from './find-image.js';
import { rangeIn } from './range.js';
import { openLayer, readImageConfig } from './read-content.js';
import { rememberLayers } from './remember-layers.js';

const config = { needs: 'anybody', own: true } as const;
const year = 31_536_000;

/** Adds the routes of images: each layer of an image of today is one, over those below it. */
export function addV1ImageRoutes(app: ServiceApp, context: V1Context): void {
  const { database } = context.parts.index;
  const remember = ({ manifest, chain }: FoundImage) => rememberLayers(database, new Map([[manifest.digest, chain]]));

  app.get(
    '/images/:id/json',
    { config, schema: { summary: 'Describes an image of v1', params: v1ImagePath, response: { 200: v1Image } } },
    async (request, reply) => {
      const found = await requireImage(context, request, request.params.id);
      await remember(found);
      if (isKnown(request)) return answerUnchanged(reply);
      const { place, chain, at, layers } = found;
      const described = await readImageConfig(context, place, found.config, subjectOf(request));
      const size = layers[at]?.size ?? 0;
      keepForEver(reply.header('X-Docker-Size', String(size)));
      return answerV1(reply, 200, describeImage({ config: described, chain, at, size }));
    },
  );

  app.get(
    '/images/:id/ancestry',
    {
      config,
      schema: {
        summary: 'Lists an image of v1 and those below it',
        params: v1ImagePath,
        response: { 200: v1Ancestry },
      },
    },
    async (request, reply) => {
      const found = await requireImage(context, request, request.params.id);
      await remember(found);
      if (isKnown(request)) return answerUnchanged(reply);
      keepForEver(reply);
      return answerV1(reply, 200, found.chain.slice(0, found.at + 1).toReversed());
    },
  );

  app.get(
    '/images/:id/layer',
    { config, schema: { summary: 'Reads the layer of an image of v1', params: v1ImagePath } },
    async (request, reply) => {
      const { place, layers, at } = await requireImage(context, request, request.params.id);
      const layer = layers[at];
      if (layer === undefined) throw new Problem('not-found', 'Image not found');
      if (isKnown(request)) return answerUnchanged(reply);
      const range = rangeIn(request.headers.range, layer.size);
      if (range === 'outside') {
        return answerV1(reply.header('Content-Range', `bytes */${layer.size}`), 416, { error: 'Bad range' });
      }
      const isHead = request.method === 'HEAD';
      // fastify takes the length of a stream as it is told.
      const body = isHead ? Readable.from([]) : await openLayer(context, place, layer, subjectOf(request), range);
      const [from, to] = range ?? [0, layer.size - 1];
      if (range !== undefined) reply.code(206).header('Content-Range', `bytes ${from}-${to}/${layer.size}`);
      keepForEver(reply);
      reply.headers({ 'Accept-Ranges': 'bytes', 'Content-Length': to - from + 1 });
      return reply.header('Content-Type', 'application/octet-stream').send(body);
    },
  );

  app.put(
    '/images/:id/:part',
    {
      config,
      // Before the body: a layer may be large.
      onRequest: async (request) => {
        requireLogin(request);
        throw noUploads('GET, HEAD');
      },
      schema: { summary: 'Refuses to take an image by v1', params: v1PartPath },
    },
    async () => {
      throw noUploads('GET, HEAD');
    },
  );
}

/** Makes the refusal of a push. The request is right, and would be anywhere else: so it is the method that is not allowed. */
export function noUploads(allowed: string): Problem {
  const message =
    'Images are not pushed by v1 here. Push by v2: docker 1.6 and newer do, at the address of the registry';
  return new Problem('method-not-allowed', message, { headers: { Allow: allowed } });
}

/** Returns true where a client says that it has what never changes: then it need not be sent. */
function isKnown({ headers }: FastifyRequest): boolean {
  return headers['if-modified-since'] !== undefined;
}

function answerUnchanged(reply: FastifyReply): FastifyReply {
  keepForEver(reply);
  return reply.code(304).send();
}

/** Adds the headers of what never changes. Not `public`, as the older server said: it may be seen by this sender alone. */
function keepForEver(reply: FastifyReply): void {
  const expires = new Date(Date.now() + year * 1000).toUTCString();
  const modified = new Date(0).toUTCString();
  reply.headers({ 'Cache-Control': `private, max-age=${year}`, Expires: expires, 'Last-Modified': modified });
  reply.removeHeader('Pragma');
}

function subjectOf(request: FastifyRequest): string {
  return senderOf(request).account?.name ?? '';
}
