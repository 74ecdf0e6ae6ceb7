import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { defineResource, type Reply, type Resource, sh } from '../../src/index.js';

const params = z.strictObject({
  name: z.string().describe('Reference of the image'),
  archive: z.string().optional().describe('Archive on the controller (`docker save`) to load it from'),
});

/** An image that the host's docker holds: loaded from an archive of the controller, or pulled. */
export const container_image = defineResource({
  kind: 'container_image',
  summary: 'An image that docker holds',
  params,
  create: ({ name, archive }): Resource<{ readonly id: string; readonly engine: string }> => ({
    kind: 'container_image',
    id: name,
    provides: [`image:${name}`],
    needs: ['service:docker'],
    staging: 'skip',
    probe: () =>
      sh`docker image inspect -f '{{.Id}}' ${name} 2>/dev/null || docker version -f 'engine {{.Server.Version}}' 2>&1`,
    parse: (reply: Reply) => {
      const said = reply.stdout.trim();
      return { id: said.startsWith('sha256:') ? said : '', engine: said };
    },
    plan: ({ id, engine }, host) => {
      if (id !== '') return { verdict: 'ok' };
      if (!engine.startsWith('engine '))
        return {
          verdict: 'refused',
          message: `docker does not answer: ${engine || 'it is not installed'}`,
          hint: 'docker_install: true in docker-config installs it',
        };
      const verify = (after: { readonly id: string }) =>
        after.id === ''
          ? `${archive === undefined ? 'the pull' : `the archive ${archive}`} brought no image ${name}`
          : undefined;
      if (archive === undefined)
        return {
          verdict: 'change',
          summary: 'pulled',
          apply: { via: 'sh', script: sh`docker pull -q ${name}` },
          verify,
        };
      const path = host.files.file(archive);
      return {
        verdict: 'change',
        summary: `loaded from ${archive}`,
        apply: { via: 'upload', script: sh`docker load -q`, content: () => createReadStream(path) },
        verify,
      };
    },
    result: ({ id }) => ({ id }),
  }),
});
