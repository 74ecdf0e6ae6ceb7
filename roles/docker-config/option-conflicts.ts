import { z } from 'zod';
import { defineResource, type Resource } from '../../src/index.js';
import { flagOfKey } from './daemon-settings.js';
import { type DockerFiles, parseDockerFiles, readDockerFiles } from './docker-files.js';

const params = z.strictObject({
  service: z.string(),
  keys: z.array(z.string()).describe('Keys that are about to be written into daemon.json'),
  flags: z.array(z.string()).describe('Flags that are about to be written into /etc/sysconfig/docker'),
});

/** Refuses, before anything is written, an option that would stand in flags and in daemon.json: dockerd does not start then. */
export const docker_option_conflicts = defineResource({
  kind: 'docker_option_conflicts',
  summary: 'No option of dockerd both in flags and in daemon.json',
  params,
  create: ({ service, keys, flags }): Resource<DockerFiles> => ({
    kind: 'docker_option_conflicts',
    id: service,
    provides: [],
    needs: [],
    staging: 'skip',
    probe: () => readDockerFiles(service),
    parse: (reply) => parseDockerFiles(reply),
    plan: (files) => {
      const clash = conflict(files, keys, flags);
      return clash === undefined ? { verdict: 'ok' } : { verdict: 'refused', ...clash };
    },
  }),
});

/** The first option that would be given twice, with both places. */
export function conflict(
  files: DockerFiles,
  keys: readonly string[],
  flags: readonly string[],
): { message: string; hint: string } | undefined {
  for (const key of keys) {
    const flag = files.flags.find(({ name }) => name === flagOfKey[key]);
    if (flag === undefined) continue;
    return {
      message: `${key} would stand in /etc/docker/daemon.json and as ${flag.name} in ${flag.from}: dockerd does not start with both`,
      hint: `take ${flag.name} out of ${flag.from}, or set docker_config_style: sysconfig`,
    };
  }
  for (const flag of flags) {
    const name = /^--?[a-z-]+/.exec(flag)?.[0] ?? flag;
    const key = Object.entries(flagOfKey).find(
      ([known, its]) => its === name && files.json !== undefined && known in files.json,
    )?.[0];
    if (key === undefined) continue;
    return {
      message: `${name} would stand in /etc/sysconfig/docker and as ${key} in /etc/docker/daemon.json: dockerd does not start with both`,
      hint: `take ${key} out of daemon.json, or set docker_config_style: daemon-json`,
    };
  }
  return undefined;
}
