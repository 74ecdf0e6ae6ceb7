import type { Results, Task } from '../../../src/index.js';
import type { HostFacts } from '../instance/platform.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { tokenServer } from '../instance/token-server.js';
import type { TrustedService } from '../vars/auth.js';
import { registeredSettings, unknownSettings } from './service-settings.js';
import { settings_by_api } from './settings-by-api.js';
import { settings_on_host } from './settings-on-host.js';

/** Returns the service that a registry trusts; undefined: none. */
export function serviceOf({ state, vars: { registry_auth: auth } }: RegistryInstance): TrustedService | undefined {
  return state === 'absent' || auth === undefined || 'token' in auth ? undefined : auth.service;
}

/** Returns the task that asks the service of a registry for its settings. */
export function askSettings(instance: RegistryInstance, service: TrustedService, inventoryHostname: string): Task {
  const name = nameThere(instance, service, inventoryHostname);
  const words = {
    title: instance.only ? 'the service that the registry trusts' : `the service that ${instance.name} trusts`,
    register: settingsAt(instance),
  };
  const { host, config, program, url, token, ca } = service;
  if (host !== undefined) return settings_on_host({ ...words, name, config, program, delegateTo: host });
  return settings_by_api({
    ...words,
    name,
    url: url ?? '',
    ...(token === undefined ? {} : { token }),
    ...(ca === undefined ? {} : { ca }),
  });
}

/** Returns a registry with the settings that its service gave: a token server, and an endpoint of notifications. */
export function trusting(
  instance: RegistryInstance,
  service: TrustedService,
  { results, facts }: { readonly results: Results; readonly facts: HostFacts },
): RegistryInstance {
  const settings = registeredSettings(results.get(settingsAt(instance))) ?? unknownSettings;
  const { realm, service: audience, issuer, rootcertbundle: content, notifications } = settings;
  const { vars, name, distribution } = instance;
  const token = {
    realm,
    service: audience,
    issuer,
    rootcertbundle: { content },
    ...(instance.runtime !== 'embedded' && distribution.major === 3 ? { signingalgorithms: ['ES256'] } : {}),
  };
  const endpoint =
    notifications === undefined || !isTold(instance, service) ? [] : [endpointOf(instance, notifications)];
  const told: RegistryInstance['vars'] = {
    ...vars,
    registry_auth: { token, ...(service.ca === undefined ? {} : { ca: service.ca }) },
    registry_notifications: [...vars.registry_notifications, ...endpoint],
  };
  return { ...instance, vars: told, token: tokenServer(told, name, facts) };
}

/** Of an embedded registry that writes nothing there is nothing to keep events in. */
function isTold({ runtime, readOnly, vars }: RegistryInstance, { notifications }: TrustedService): boolean {
  const hasPlace = runtime !== 'embedded' || !readOnly || vars.registry_notifications_directory !== undefined;
  return notifications && hasPlace;
}

type Endpoint = RegistryInstance['vars']['registry_notifications'][number];

/** Returns the endpoint of the service. Blobs are left out: what is told is what people see. */
function endpointOf(
  { runtime, distribution }: RegistryInstance,
  { url, headers }: { readonly url: string; readonly headers: Record<string, string[]> },
): Endpoint {
  const blobs = ['application/octet-stream'];
  const isOld = runtime === 'embedded' || distribution.major === 2;
  return {
    name: 'provision',
    url,
    headers,
    timeout: '5s',
    threshold: 5,
    backoff: '10s',
    ...(isOld ? { ignoredmediatypes: blobs } : { ignore: { mediatypes: blobs } }),
  };
}

/** Returns the name of a registry in its service: as given, or made of the host's. */
export function nameThere({ only, name }: RegistryInstance, { name: given }: TrustedService, host: string): string {
  if (given !== undefined) return given;
  const words = (only ? host : `${host}-${name}`).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return words.replace(/^-+/, '').slice(0, 63).replace(/-+$/, '');
}

function settingsAt({ name }: RegistryInstance): string {
  return `settings of ${name}`;
}
