import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineResource, type Reply, type Resource, sh } from '../../../src/index.js';
import { engineReason } from './container-image.js';

const params = z.strictObject({
  name: z.string(),
  image: z.string(),
  publish: z.array(z.string()).describe('`[address:]port:port`, as docker takes it'),
  environment: z.array(z.string()).default([]).describe('`NAME=value`'),
  confined: z.boolean().default(false).describe('SELinux would keep it from files that are not labelled for it'),
  mounts: z
    .array(z.string())
    .describe('`type=bind,source=…,target=…[,readonly]`: unlike `-v`, it makes no folder of a source that is missing'),
  force: z.boolean(),
});

interface ContainerState {
  readonly status: 'absent' | 'running' | 'stopped' | 'no-docker';
  /** Digest of its options, from the label that this tool sets; empty for a container of others. */
  readonly made: string;
  /** The image that its tag names now is another than the one that it runs. */
  readonly isOutdated: boolean;
  readonly reason: string;
}

/** Label with the digest of a container's options. */
const label = 'provision.made-from';

/** The container that runs the registry; one that differs is kept unless forced. */
export const registry_container = defineResource({
  kind: 'registry_container',
  summary: 'The container that runs a registry',
  params,
  create: (params): Resource<ContainerState> => {
    const { name, image, publish, environment, confined, mounts, force } = params;
    const madeFrom = createHash('sha256')
      .update(JSON.stringify([image, publish, environment, confined, mounts]))
      .digest('hex')
      .slice(0, 16);
    const run = sh`docker run -d --name ${name} --restart=always --label ${`${label}=${madeFrom}`} ${publish.flatMap((each) => ['-p', each])} ${environment.flatMap((each) => ['-e', each])} ${confined ? ['--security-opt', 'label=disable'] : []} ${mounts.flatMap((mount) => ['--mount', mount])} ${image}`;
    const removal = {
      kind: 'command',
      params: {
        cmd: `docker rm -f ${name}`,
        unless: `[ -z "$(docker ps -aq -f name='^${name}$')" ]`,
        needs: [`service:${name}`],
      },
    };
    const writes = [{ key: `registry_container:${name}`, value: '', removal }];
    return {
      kind: 'registry_container',
      id: name,
      provides: [`service:${name}`],
      needs: ['service:docker', `image:${image}`],
      staging: 'skip',
      probe: () =>
        sh`runs=$(docker inspect --type container -f '{{.Image}}' ${name} 2>/dev/null) tagged=$(docker image inspect -f '{{.Id}}' ${image} 2>/dev/null)
[ -z "$runs" ] || [ -z "$tagged" ] || [ "$runs" = "$tagged" ] || echo outdated
docker inspect --type container -f ${`{{.State.Running}} {{index .Config.Labels "${label}"}}`} ${name} 2>&1 || docker version -f 'engine {{.Server.Version}}' 2>&1`,
      parse: parseContainer,
      plan: ({ status, made, isOutdated, reason }, host) => {
        const verify = (after: ContainerState) =>
          after.status === 'running' && after.made === madeFrom && !after.isOutdated
            ? undefined
            : `the container does not run: ${after.reason}`;
        if (status === 'no-docker')
          return {
            verdict: 'refused',
            message: `docker does not answer: ${reason}`,
            hint: 'set docker_install: true in docker-config to install it',
          };
        if (status === 'absent')
          return {
            verdict: 'change',
            summary: 'created and started',
            apply: { via: 'sh', script: run },
            writes,
            verify,
          };
        const differs = made !== madeFrom;
        if (differs && !(force || host.force)) {
          return {
            verdict: 'kept',
            summary:
              made === ''
                ? 'a container of this name, made by something else: kept'
                : 'differs in image, port or mounts: kept',
            hint: 'set registry_force: true (or --force) to recreate it; its images stay in their storage',
          };
        }
        // Its options are as wanted: what the tag names is a newer build, as a package would bring it.
        if (differs || isOutdated)
          return {
            verdict: 'change',
            summary: differs ? 'recreated' : `recreated: ${image} is another image now`,
            apply: { via: 'sh', script: sh`docker rm -f ${name} && ${run}` },
            verify,
          };
        if (status === 'running') return { verdict: 'ok' };
        return {
          verdict: 'change',
          summary: 'started',
          apply: { via: 'sh', script: sh`docker start ${name}` },
          verify,
        };
      },
    };
  },
});

export function parseContainer(reply: Reply): ContainerState {
  const lines = reply.stdout.trim().split('\n');
  const reason = lines.at(-1) ?? '';
  const isOutdated = lines[0] === 'outdated';
  const [, running, made = ''] = /^(true|false) ?(.*)$/.exec(reason) ?? [];
  if (running !== undefined)
    return {
      status: running === 'true' ? 'running' : 'stopped',
      made: made === '<no value>' ? '' : made,
      isOutdated,
      reason,
    };
  return {
    status: reason.startsWith('engine ') ? 'absent' : 'no-docker',
    made: '',
    isOutdated: false,
    reason: engineReason(reason),
  };
}
