import { z } from 'zod';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { tryBoundedJson } from '../../bounded-json.js';
import { RegistryError } from '../../registry-error.js';
import { type GcHost, type GcRuntime, queryHost, requireWholeOutput, storageRoot } from './runtime.js';

/** A container in which a registry seems to run. */
export interface FoundContainer {
  readonly engine: 'docker' | 'podman';
  readonly name: string;
}

const psLine = z.tuple([z.enum(['docker', 'podman']), z.string(), z.string()]);

/** Finds the containers that run: the one that is named, else those of an image that is called registry or distribution. */
export async function findContainers(host: GcHost, name: string | undefined): Promise<FoundContainer[]> {
  const reply = await host.run(sh`for engine in podman docker; do
  command -v "$engine" > /dev/null || continue
  "$engine" ps --format "$engine {{.Names}} {{.Image}}" 2> /dev/null
done
:`);
  const found = new Map<string, FoundContainer>();
  for (const line of requireWholeOutput(reply, 'look at the containers').split('\n')) {
    const parsed = psLine.safeParse(line.split(' '));
    if (!parsed.success) continue;
    const [engine, container, image] = parsed.data;
    const matches = name === undefined ? /(?:^|\/)(?:registry|distribution)(?:[:@]|$)/.test(image) : container === name;
    if (matches && !found.has(container)) found.set(container, { engine, name: container }); // docker may be podman under another name.
  }
  return [...found.values()];
}

/** Reads the configuration of a container. @throws RegistryError `unsupported` for one that a unit would start again */
export async function runtimeOfContainer(host: GcHost, { engine, name }: FoundContainer): Promise<GcRuntime> {
  const text = await queryHost(host, sh`${engine} inspect ${name}`, `look at the container ${name}`);
  const container = readInspected(text, name);
  const manager = container.Config.Labels?.PODMAN_SYSTEMD_UNIT;
  if (manager !== undefined) {
    throw new RegistryError('unsupported', `the container ${name} belongs to ${manager}, which would start it again`, {
      hint: 'stop the unit, run `registry garbage-collect` in a container of the same image and volumes, and start it again',
    });
  }
  const { Cmd, Entrypoint, Env } = container.Config;
  const version = await queryHost(host, sh`${engine} exec ${name} registry --version`, `read the version in ${name}`);
  const named = [...[Entrypoint ?? []].flat(), ...(Cmd ?? [])].findLast((word) => /\.ya?ml$/.test(word));
  const config = named ?? (/ v?3\./.test(version) ? '/etc/distribution/config.yml' : '/etc/docker/registry/config.yml');
  const configText = await queryHost(host, sh`${engine} exec ${name} cat ${config}`, `read ${config} in ${name}`);
  const variable = 'REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=';
  const overridden = Env?.find((line) => line.startsWith(variable))?.slice(variable.length);
  const root = await storageRoot(configText, overridden, config);
  return containerRuntime({ engine, container, config, version: version.trim(), root });
}

const containerSchema = z.object({
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

/** Fields of `docker inspect` and `podman inspect` that are needed to run a container like another. */
export type InspectedContainer = z.output<typeof containerSchema>;

function readInspected(text: string, name: string): InspectedContainer {
  const [first] = z.array(containerSchema).safeParse(tryBoundedJson(text)).data ?? [];
  if (first === undefined)
    throw new RegistryError('protocol', `the description of the container ${name} cannot be read`);
  return first;
}

/** A registry that runs in a container. */
export interface RegistryContainer {
  readonly engine: 'docker' | 'podman';
  readonly container: InspectedContainer;
  /** Path of its configuration within the container. */
  readonly config: string;
  readonly version: string;
  readonly root: string | undefined;
}

/**
 * Controls a registry in a container. To be read-only, it is stopped, and another container of its image, volumes,
 * ports and environment stands in for it.
 */
export function containerRuntime({ engine, container, config, version, root }: RegistryContainer): GcRuntime {
  const name = container.Name.replace(/^\//, '');
  const standIn = `${name}-provision-gc`;
  return {
    name: `container ${name} (${engine})`,
    version,
    root,
    // Whichever of the two runs.
    collect: (options) => execInRunning(engine, name, standIn, sh`registry garbage-collect ${options} ${config}`),
    inside: (script) => execInRunning(engine, name, standIn, sh`sh -c ${script.script}`),
    readOnly: () => sh`${engine} stop ${name} > /dev/null && ${runLike(engine, container, name, standIn)} > /dev/null`,
    restore: () => sh`{ ${engine} rm -f ${standIn} > /dev/null 2>&1 || :; } && ${engine} start ${name} > /dev/null`,
  };
}

function execInRunning(engine: string, name: string, standIn: string, command: Sh): Sh {
  return sh`at=${name}
[ "$(${engine} inspect -f '{{.State.Running}}' ${standIn} 2> /dev/null)" = true ] && at=${standIn}
${engine} exec "$at" ${command}`;
}

/** Runs a container like another. Its environment is sent on standard input: secrets in arguments can be seen by others. */
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
