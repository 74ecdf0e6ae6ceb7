import type { Facts } from '../../../src/index.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { storageUnitLines } from '../storage/storage.js';
import type { InstanceSettings } from '../vars/instance.js';
import { bind, containerMounts } from './container-mounts.js';
import { configInContainer, containerEnvironment, publishedPorts } from './container-options.js';

type OsFacts = Pick<Facts, 'os_family'>;

/** The image as podman asks for it: without the name of a registry, docker's is meant. What is loaded keeps its name. */
export function imageForPodman({ registry_image: image, registry_image_archive }: InstanceSettings): string {
  const [first = '', ...rest] = image.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (named || registry_image_archive !== undefined) return image;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
}

/** A unit that runs `podman run` itself, for any version of podman, as root or a user. */
export function podmanUnit(instance: RegistryInstance, facts: OsFacts): string {
  const { container, user, unit, vars } = instance;
  const podman = user === undefined ? '/usr/bin/podman' : '/usr/bin/podman --cgroup-manager=cgroupfs';
  const options = [
    ...['--rm', '--name', container, '--log-driver=none'],
    ...(isConfined(facts) ? ['--security-opt', 'label=disable'] : []),
    ...publishedPorts(instance).flatMap((port) => ['-p', port]),
    ...containerEnvironment(instance).flatMap((variable) => ['-e', variable]),
    ...mountsOf(instance).flatMap((mount) => ['--mount', mount]),
  ];
  return `${head(instance)}
[Service]
${user === undefined ? '' : `Delegate=yes\nUser=${user}\nRuntimeDirectory=${unit}\nEnvironment=XDG_RUNTIME_DIR=/run/${unit}\n`}ExecStartPre=-${podman} rm -f ${container}
ExecStart=${podman} run ${options.map(unitWord).join(' ')} ${imageForPodman(vars)}
ExecStop=-${podman} stop -t 10 ${container}
Restart=always
RestartSec=2
TimeoutStartSec=300

${install}`;
}

/** A quadlet (podman-systemd.unit(5)), for podman from 4.4 on. */
export function quadlet(instance: RegistryInstance, facts: OsFacts): string {
  const { container, vars } = instance;
  const lines = [
    `ContainerName=${container}`,
    `Image=${imageForPodman(vars)}`,
    ...publishedPorts(instance).map((port) => `PublishPort=${port}`),
    ...containerEnvironment(instance).map((variable) => `Environment=${variable}`),
    // `Mount=` came later.
    ...mountsOf(instance).map((mount) => `Volume=${mount.replace(asMount, '$1:$2')}`.replace(/,readonly$/, ':ro')),
    ...(isConfined(facts) ? ['SecurityLabelDisable=true'] : []),
  ];
  return `${head(instance)}
[Container]
${lines.join('\n')}

[Service]
Restart=always
RestartSec=2
TimeoutStartSec=300

${install}`;
}

const install = '[Install]\nWantedBy=multi-user.target\n';

function head(instance: RegistryInstance): string {
  const lines = instance.driver === 'filesystem' ? storageUnitLines(instance) : [];
  return `# Managed by provision.
[Unit]
Description=Registry ${instance.name}
After=network-online.target
Wants=network-online.target
${lines.map((line) => `${line}\n`).join('')}`;
}

function mountsOf(instance: RegistryInstance): readonly string[] {
  return [
    ...containerMounts(instance),
    `${bind(instance.configPath, configInContainer(instance.distribution))},readonly`,
  ];
}

const asMount = /^type=bind,source=(.*),target=([^,]*)/;

/** SELinux keeps containers from files that are not labelled for them, and an NFS share can't be. */
export function isConfined({ os_family }: OsFacts): boolean {
  return os_family === 'redhat';
}

function unitWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(escaped) ? `"${escaped.replace(/["\\]/g, '\\$&')}"` : escaped;
}
