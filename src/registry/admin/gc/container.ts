import { z } from 'zod';
import { joinSh, type Sh, sh } from '../../../sh.js';
import type { GcRuntime } from './runtime.js';

/** What `docker inspect` and `podman inspect` say of a container that is needed to run one like it. */
export const containerSchema = z.object({
  Name: z.string(),
  Config: z.object({
    Image: z.string(),
    Env: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    Entrypoint: z.union([z.string(), z.array(z.string())]).nullish(),
    User: z.string().optional(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
  HostConfig: z.object({
    NetworkMode: z.string(),
    PortBindings: z
      .record(z.string(), z.array(z.object({ HostIp: z.string().optional(), HostPort: z.string() })).nullable())
      .nullish(),
  }),
});

export type InspectedContainer = z.output<typeof containerSchema>;

export interface RegistryContainer {
  readonly engine: 'docker' | 'podman';
  readonly container: InspectedContainer;
  /** Its configuration, as it sees it. */
  readonly config: string;
  readonly version: string;
  readonly root: string | undefined;
}

/**
 * Read-only by a stand-in: the container is stopped, and another of its image, with its volumes, ports and environment,
 * takes its place until it is started again.
 */
export function containerRuntime({ engine, container, config, version, root }: RegistryContainer): GcRuntime {
  const name = container.Name.replace(/^\//, '');
  const standIn = `${name}-provision-gc`;
  return {
    name: `container ${name} (${engine})`,
    version,
    root,
    // Whichever of the two runs.
    collect: (options) => running(engine, name, standIn, sh`registry garbage-collect ${options} ${config}`),
    inside: (script) => running(engine, name, standIn, sh`sh -c ${script.script}`),
    readOnly: () => sh`${engine} stop ${name} > /dev/null && ${runLike(engine, container, name, standIn)} > /dev/null`,
    restore: () => sh`{ ${engine} rm -f ${standIn} > /dev/null 2>&1 || :; } && ${engine} start ${name} > /dev/null`,
  };
}

function running(engine: string, name: string, standIn: string, command: Sh): Sh {
  return sh`at=${name}
[ "$(${engine} inspect -f '{{.State.Running}}' ${standIn} 2> /dev/null)" = true ] && at=${standIn}
${engine} exec "$at" ${command}`;
}

/** The environment goes by standard input: it may hold secrets, which others could see in arguments. */
function runLike(engine: string, { Config, HostConfig }: InspectedContainer, name: string, standIn: string): Sh {
  const entrypoint = [Config.Entrypoint ?? []].flat();
  const ports = Object.entries(HostConfig.PortBindings ?? {}).flatMap(([inner, bindings]) =>
    (bindings ?? []).map(({ HostIp = '', HostPort }) => [
      '-p',
      `${HostIp === '' ? '' : `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:`}${HostPort}:${inner}`,
    ]),
  );
  const environment = [...(Config.Env ?? []), 'REGISTRY_STORAGE_MAINTENANCE_READONLY={enabled: true}'];
  const [first, ...others] = entrypoint;
  return joinSh(
    [
      sh`printf '%s\n' ${environment.filter((line) => !line.includes('\n'))} |`,
      sh`${engine} run -d --name ${standIn} --volumes-from ${name} --network ${HostConfig.NetworkMode} --env-file /dev/stdin`,
      sh`${ports.flat()} ${Config.User ? ['--user', Config.User] : []} ${first === undefined ? [] : ['--entrypoint', first]}`,
      sh`${Config.Image} ${others} ${Config.Cmd ?? []}`,
    ],
    ' ',
  );
}
