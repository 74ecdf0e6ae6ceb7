import { RegistryError } from '../../registry/registry-error.js';
import type { ServiceRegistryChanges } from '../../service-client/connect.js';
import type { RegistryFieldOptions } from './request.js';

/** Returns the fields of a registry that options name. @throws RegistryError `input` for options that contradict each other */
export function registryFields(request: RegistryFieldOptions): ServiceRegistryChanges {
  const { nfs, directory, writable, readOnly, setting } = request;
  if (nfs !== undefined && directory !== undefined) {
    throw new RegistryError('input', '--nfs and --directory are two places: give one of them');
  }
  if (writable === true && readOnly === true) {
    throw new RegistryError('input', '--writable and --read-only contradict each other: give one of them');
  }
  const storage = nfs === undefined ? (directory === undefined ? undefined : { directory }) : { nfs: share(nfs) };
  const fields: ServiceRegistryChanges = {
    port: request.port,
    version: request.version,
    storage,
    runtime: request.runtime,
    readOnly: writable === true ? false : readOnly,
    delete: request.delete,
    visibility: request.visibility,
    kind: request.kind,
    description: request.description,
    address: request.address,
    trusted: request.trusted,
    settings: setting.length === 0 ? undefined : Object.fromEntries(setting.map(readSetting)),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Returns the fields that `--unset` takes away, each as null. @throws RegistryError `input` for one that there is none of */
export function unsetFields(names: readonly string[]): ServiceRegistryChanges {
  return Object.fromEntries(
    names.map((name) => {
      const field = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (unsettable.includes(field)) return [field, null];
      throw new RegistryError('input', `--unset ${name}: must be one of ${unsettable.join(', ')}`);
    }),
  );
}

const unsettable: readonly string[] = [
  ...['version', 'storage', 'runtime', 'readOnly', 'delete', 'visibility', 'kind', 'description', 'address', 'trusted'],
  'settings',
];

/** Reads `server:/path`; an IPv6 address is in brackets. */
function share(text: string): { readonly server: string; readonly path: string } {
  const [, server, path] = /^(\[[^\]]+\]|[^:/]+):(\/.*)$/.exec(text) ?? [];
  if (server !== undefined && path !== undefined) return { server, path };
  throw new RegistryError('input', `--nfs ${text}: must be SERVER:/PATH`);
}

function readSetting(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new RegistryError('input', `--setting ${text}: must be NAME=VALUE`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value]; // A word without quotes means itself.
  }
}
