import type { z } from 'zod';
import { basicAuth } from '../docker-config/credentials.js';
import type { ContainerdRegistry, vars } from './vars.js';

type Vars = z.output<typeof vars>;

/** A table of a hosts.toml, as its template takes it. */
export interface Host {
  readonly url: string;
  readonly capabilities: readonly string[];
  readonly ca: string;
  readonly client: readonly (readonly [string, string])[];
  readonly skip_verify: boolean;
  readonly override_path: boolean;
  /** A secret. */
  readonly authorization: string;
}

/** Content of one registry's hosts.toml: its mirrors, in order, and then itself. */
export interface HostsFile {
  readonly registry: string;
  readonly server: string;
  readonly hosts: readonly Host[];
}

/** Returns the wanted hosts.toml files, one for each registry with a setting. */
export function hostsFiles(vars: Vars): HostsFile[] {
  const more = [...vars.containerd_ca_certificates, ...vars.containerd_auths].map(({ registry }) => folderOf(registry));
  const mirrors = vars.containerd_registries.flatMap(({ mirrors }) => mirrors.map(hostOfMirror));
  const named = vars.containerd_registries.map(({ registry }) => registry);
  const hosts = [...named, ...mirrors].map((name) => hostName(name));
  const others = [...new Set(more)].filter((name) => !hosts.includes(hostName(name)));
  const all = [
    ...vars.containerd_registries,
    ...others.map((registry): ContainerdRegistry => ({ registry, insecure: false, location: undefined, mirrors: [] })),
  ];
  return all.map((each) => hostsFile(each, vars));
}

function hostsFile({ registry, insecure, location, mirrors }: ContainerdRegistry, vars: Vars): HostsFile {
  const own = registry === '_default' ? undefined : `${insecure ? 'http' : 'https'}://${serverOf(registry)}`;
  const server = location ?? own;
  const hosts = mirrors.map((mirror) =>
    host(mirror.url ?? `${mirror.insecure ? 'http' : 'https'}://${mirror.registry ?? ''}`, mirror, vars),
  );
  const itself = { insecure, capabilities: ['pull', 'resolve', 'push'], override_path: false };
  // A file without a [host] table is refused by containerd 1.6, so the server is there as one too.
  return {
    registry,
    server: server ?? '',
    hosts: server === undefined ? hosts : [...hosts, host(server, itself, vars)],
  };
}

function host(
  url: string,
  of: { readonly insecure: boolean; readonly capabilities: readonly string[]; readonly override_path: boolean },
  vars: Vars,
): Host {
  const name = hostName(url);
  const certificate = vars.containerd_ca_certificates.find((each) => hostName(each.registry, url) === name);
  const account = vars.containerd_auths.find((each) => hostName(each.registry, url) === name);
  const folder = `${vars.containerd_certs_dir}/${certificate?.registry ?? ''}`;
  return {
    url,
    capabilities: of.capabilities,
    ca: certificate === undefined ? '' : `${folder}/ca.crt`,
    client: certificate?.client === undefined ? [] : [[`${folder}/client.cert`, `${folder}/client.key`]],
    skip_verify: of.insecure && url.startsWith('https:'),
    override_path: of.override_path,
    authorization: account === undefined ? '' : `Basic ${basicAuth(account)}`,
  };
}

const hubServer = 'registry-1.docker.io';

/** Other names of Docker Hub. */
const hubNames = ['docker.io', 'index.docker.io', hubServer];

/** Returns the server of a registry; docker.io has another name than its server. */
function serverOf(registry: string): string {
  return hubNames.includes(registry) ? hubServer : registry;
}

/** Returns the name by which containerd looks a registry up, as the name of its folder. */
function folderOf(registry: string): string {
  return hubNames.includes(registry) ? 'docker.io' : registry;
}

/** Returns the host and port that a registry or URL means, whichever way it is written: lower case, no default port. */
function hostName(registry: string, like = 'https://'): string {
  const url = registry.includes('://') ? registry : `${like.split('://')[0]}://${serverOf(registry)}`;
  return URL.canParse(url) ? new URL(url).host : registry;
}

function hostOfMirror({ registry, url }: ContainerdRegistry['mirrors'][number]): string {
  return registry ?? url ?? '';
}
