import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { defineResource, type Reply, type Resource, sh } from '../../../src/index.js';

const params = z.strictObject({
  name: z.string().describe('Reference of the image'),
  engine: z.enum(['docker', 'podman']).default('docker').describe('Container engine that holds it'),
  archive: z.string().optional().describe('Archive on the controller (`docker save`) to load it from'),
});

/** An image that the host's docker or podman holds: loaded from an archive of the controller, or pulled. */
export const container_image = defineResource({
  kind: 'container_image',
  summary: 'An image that docker or podman holds',
  params,
  create: ({ name, engine: command, archive }): Resource<{ readonly id: string; readonly engine: string }> => ({
    kind: 'container_image',
    id: name,
    provides: [`image:${name}`],
    needs: command === 'docker' ? ['service:docker'] : ['package:podman'],
    staging: 'skip',
    probe: () =>
      command === 'docker'
        ? sh`docker image inspect -f '{{.Id}}' ${name} 2>/dev/null || docker version -f 'engine {{.Server.Version}}' 2>&1`
        : sh`podman image inspect -f '{{.Id}}' ${name} 2>/dev/null || podman info -f 'engine {{.Version.Version}}' 2>&1 | tail -n 1`,
    parse: (reply: Reply) => {
      const answer = reply.stdout.trim();
      return { id: /^(sha256:)?[0-9a-f]{64}$/.test(answer) ? answer : '', engine: answer };
    },
    plan: ({ id, engine }, host) => {
      if (id !== '') return { verdict: 'ok' };
      if (!engine.startsWith('engine '))
        return {
          verdict: 'refused',
          message: `${command} does not answer: ${engine || 'it is not installed'}`,
          hint:
            command === 'docker'
              ? 'set docker_install: true in docker-config to install it'
              : '`podman info` says more',
        };
      const verify = (after: { readonly id: string }) =>
        after.id === ''
          ? `${archive === undefined ? 'the pull' : `the archive ${archive}`} brought no image ${name}`
          : undefined;
      if (archive === undefined)
        return {
          verdict: 'change',
          summary: 'pulled',
          apply: { via: 'sh', script: sh`${command} pull -q ${name}` },
          verify,
        };
      const path = host.files.file(archive);
      return {
        verdict: 'change',
        summary: `loaded from ${archive}`,
        apply: { via: 'upload', script: sh`${command} load -q`, content: () => createReadStream(path) },
        verify,
      };
    },
    result: ({ id }) => ({ id }),
  }),
});
