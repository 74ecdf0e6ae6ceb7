import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../../src/index.js';

const params = z.strictObject({
  container: z.string(),
  image: z.string(),
  unit: z.string().describe('Unit that runs the container'),
  user: z.string().optional().describe('User whose podman it is; default: root'),
});

interface RunningState {
  /** Id of the image that the container runs; empty: it does not run. */
  readonly runs: string;
  /** Id of the image that its name leads to now. */
  readonly named: string;
}

/** The image that podman runs under a name: a unit whose container runs another one is restarted. */
export const running_image = defineResource({
  kind: 'running_image',
  summary: 'The image that a container of podman runs',
  params,
  create: ({ container, image, unit, user }): Resource<RunningState> => ({
    kind: 'running_image',
    id: container,
    provides: [`service:${unit}`],
    needs: [`image:${image}`, `service:${unit}`],
    staging: 'skip',
    probe: () => {
      const podman = (format: string, kind: string, name: string) => {
        const call = sh`podman ${kind} inspect -f ${format} ${name} 2>/dev/null`;
        return user === undefined ? call : sh`su -s /bin/sh -c ${`cd /; ${call.script}`} ${user}`;
      };
      return sh`printf 'runs %s\n' "$(${podman('{{.Image}}', 'container', container)})"
printf 'named %s\n' "$(${podman('{{.Id}}', 'image', image)})"`;
    },
    parse: ({ stdout }) => ({
      runs: /^runs (\S+)$/m.exec(stdout)?.[1] ?? '',
      named: /^named (\S+)$/m.exec(stdout)?.[1] ?? '',
    }),
    plan: ({ runs, named }) => {
      if (runs === '' || named === '' || runs === named) return { verdict: 'ok' };
      return {
        verdict: 'change',
        summary: `restarted: ${image} is another image now`,
        apply: { via: 'sh', script: sh`systemctl restart -- ${unit}` },
        verify: (after) =>
          after.runs === '' || after.runs === after.named ? undefined : `${container} still runs ${after.runs}`,
      };
    },
  }),
});
