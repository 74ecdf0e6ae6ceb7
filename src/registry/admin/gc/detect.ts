import { z } from 'zod';
import { type Sh, sh } from '../../../sh.js';
import { RegistryError } from '../../registry-error.js';
import { containerRuntime, containerSchema, type InspectedContainer } from './container.js';
import { type GcHost, type GcRuntime, wholeOutput } from './runtime.js';
import { storageRoot } from './storage-root.js';
import { systemdRuntime } from './systemd.js';
import { readUnits, type Unit } from './units.js';

/** Which registry of a host is meant, where it isn't the only one. */
export interface GcChoice {
  readonly unit?: string | undefined;
  readonly container?: string | undefined;
}

/** Names that packages give the unit: Debian's, Red Hat's, and what people write. */
const usualUnits = ['docker-registry.service', 'docker-distribution.service', 'registry.service'];

/**
 * Finds the distribution registry of a host: a unit of systemd that runs, or a container of docker or podman.
 * @throws RegistryError `input` when there is none, or more than one; `unsupported` for what can't be made read-only
 */
export async function findRuntime(host: GcHost, { unit, container }: GcChoice): Promise<GcRuntime> {
  const units = container === undefined ? await activeUnits(host, unit) : [];
  const containers = unit === undefined ? await registryContainers(host, container) : [];
  const names = [...units.map((each) => each.unit), ...containers.map(({ engine, name }) => `${name} (${engine})`)];
  if (names.length > 1) {
    throw new RegistryError('input', `several registries run there: ${names.join(', ')}`, {
      hint: 'say which: --unit or --container',
    });
  }
  const [onlyUnit] = units;
  if (onlyUnit !== undefined) return ofUnit(host, onlyUnit);
  const [onlyContainer] = containers;
  if (onlyContainer !== undefined) return ofContainer(host, onlyContainer);
  const what = unit ?? container;
  throw new RegistryError('input', what === undefined ? 'no registry runs there' : `${what} does not run there`, {
    hint: `looked for ${what === undefined ? `${usualUnits.join(', ')} and containers of an image named registry` : 'it'}; name it with --unit or --container, and see that the user may ask (--become)`,
  });
}

async function activeUnits(host: GcHost, named: string | undefined): Promise<Unit[]> {
  const names = named === undefined ? usualUnits : [named.includes('.') ? named : `${named}.service`];
  const reply = await host.run(sh`command -v systemctl > /dev/null || exit 0
for unit in ${names}; do
  systemctl show -p Id -p LoadState -p ActiveState -p MainPID -p User -p ExecStart "$unit"
  echo
done`);
  return readUnits(wholeOutput(reply, 'look at the services')).filter(({ active }) => active);
}

async function ofUnit(host: GcHost, { unit, argv, pid, user }: Unit): Promise<GcRuntime> {
  const [binary = ''] = argv;
  const config = argv.at(-1) ?? '';
  if (/\b(?:docker|podman)$/.test(binary)) {
    throw new RegistryError(
      'unsupported',
      `${unit} runs a container: what it runs can't be made read-only from outside`,
      {
        hint: 'stop it, run `registry garbage-collect` in a container of the same image and volumes, and start it again',
      },
    );
  }
  if (!argv.includes('serve') || !/\.ya?ml$/.test(config)) {
    throw new RegistryError('unsupported', `${unit} runs ${argv.join(' ')}: no registry serve CONFIG.yml`);
  }
  const version = await ask(host, sh`${binary} --version`, `learn the version of ${binary}`);
  const text = await ask(host, sh`cat ${config}`, `read ${config}`);
  const environment = await ask(
    host,
    sh`tr '\0' '\n' < /proc/${pid}/environ | sed -n 's/^REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=//p'`,
    `read the environment of ${unit}`,
  );
  const root = await storageRoot(text, environment.trim() || undefined, config);
  return systemdRuntime({ unit, binary, config, user, version: version.trim(), root });
}

interface FoundContainer {
  readonly engine: 'docker' | 'podman';
  readonly name: string;
}

const listed = z.tuple([z.enum(['docker', 'podman']), z.string(), z.string()]);

async function registryContainers(host: GcHost, named: string | undefined): Promise<FoundContainer[]> {
  const reply = await host.run(sh`for engine in podman docker; do
  command -v "$engine" > /dev/null || continue
  "$engine" ps --format "$engine {{.Names}} {{.Image}}" 2> /dev/null
done
:`);
  const found = new Map<string, FoundContainer>();
  for (const line of wholeOutput(reply, 'look at the containers').split('\n')) {
    const parsed = listed.safeParse(line.split(' '));
    if (!parsed.success) continue;
    const [engine, name, image] = parsed.data;
    const wanted = named === undefined ? /(?:^|\/)(?:registry|distribution)(?:[:@]|$)/.test(image) : name === named;
    if (wanted && !found.has(name)) found.set(name, { engine, name }); // docker may be podman under another name.
  }
  return [...found.values()];
}

async function ofContainer(host: GcHost, { engine, name }: FoundContainer): Promise<GcRuntime> {
  const text = await ask(host, sh`${engine} inspect ${name}`, `look at the container ${name}`);
  const container = readInspected(text, name);
  const manager = container.Config.Labels?.PODMAN_SYSTEMD_UNIT;
  if (manager !== undefined) {
    throw new RegistryError('unsupported', `the container ${name} belongs to ${manager}, which would start it again`, {
      hint: 'stop the unit, run `registry garbage-collect` in a container of the same image and volumes, and start it again',
    });
  }
  const { Cmd, Entrypoint, Env } = container.Config;
  const version = await ask(host, sh`${engine} exec ${name} registry --version`, `learn the version in ${name}`);
  const said = [...[Entrypoint ?? []].flat(), ...(Cmd ?? [])].findLast((word) => /\.ya?ml$/.test(word));
  const config = said ?? (/ v?3\./.test(version) ? '/etc/distribution/config.yml' : '/etc/docker/registry/config.yml');
  const configText = await ask(host, sh`${engine} exec ${name} cat ${config}`, `read ${config} in ${name}`);
  const variable = 'REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=';
  const overridden = Env?.find((line) => line.startsWith(variable))?.slice(variable.length);
  const root = await storageRoot(configText, overridden, config);
  return containerRuntime({ engine, container, config, version: version.trim(), root });
}

function readInspected(text: string, name: string): InspectedContainer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined; // The schema then says that it isn't what was expected.
  }
  const [first] = z.array(containerSchema).safeParse(json).data ?? [];
  if (first === undefined) throw new RegistryError('protocol', `what is said of the container ${name} can't be read`);
  return first;
}

async function ask(host: GcHost, script: Sh, attempt: string): Promise<string> {
  const reply = await host.run(script);
  const { status, stdout, stderr } = reply;
  if (status === 0) return wholeOutput(reply, attempt);
  throw new RegistryError('server', `could not ${attempt}: ${(stderr || stdout).trim()} (exit status ${status})`, {
    hint: 'may the user do that? --become runs it as root',
  });
}
