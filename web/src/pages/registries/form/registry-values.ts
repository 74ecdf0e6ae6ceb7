import type {
  NewServiceRegistry,
  ServiceRegistry,
  ServiceRegistryChanges,
} from '../../../../../src/service-client/service-types.js';
import type { Translate } from '../../../kernel/messages.js';
import { wrongField } from '../../../parts/fields/field-errors.js';

/** Fields of a registry as a form has them: texts. Empty: as the site has it. */
export interface RegistryValues {
  readonly name: string;
  readonly host: string;
  readonly port: string;
  readonly version: string;
  readonly storage: '' | 'directory' | 'nfs' | 's3';
  readonly directory: string;
  readonly nfsServer: string;
  readonly nfsPath: string;
  readonly nfsOptions: string;
  /** JSON. */
  readonly s3: string;
  readonly runtime: string;
  readonly readOnly: boolean;
  readonly delete: '' | 'yes' | 'no';
  readonly visibility: string;
  readonly kind: string;
  readonly description: string;
  readonly address: string;
  readonly trusted: boolean;
  /** JSON. */
  readonly settings: string;
}

/** Returns the fields of a registry; without one, those of a new one. */
export function registryValues(registry?: ServiceRegistry): RegistryValues {
  const { directory, nfs, s3 } = { directory: undefined, nfs: undefined, s3: undefined, ...registry?.storage };
  const share: Readonly<Record<string, unknown>> = isRecord(nfs) ? nfs : {};
  const settings = registry?.settings ?? {};
  return {
    name: registry?.name ?? '',
    host: registry?.host ?? '',
    port: registry?.port ? String(registry.port) : '',
    version: registry?.version ?? '',
    storage: directory !== undefined ? 'directory' : nfs !== undefined ? 'nfs' : s3 !== undefined ? 's3' : '',
    directory: textOf(directory),
    nfsServer: textOf(share.server),
    nfsPath: textOf(share.path),
    nfsOptions: textOf(share.options),
    s3: s3 === undefined ? '' : JSON.stringify(s3, null, 2),
    runtime: registry?.runtime ?? '',
    readOnly: registry?.readOnly ?? true,
    delete: registry?.delete === true ? 'yes' : registry?.delete === false ? 'no' : '',
    visibility: registry?.visibility ?? '',
    kind: registry?.kind ?? 'private',
    description: registry?.description ?? '',
    // What is shown where the file has none is made of the host and the port.
    address: registry === undefined || registry.address === `${registry.host}:${registry.port}` ? '' : registry.address,
    trusted: registry?.trusted ?? true,
    settings: Object.keys(settings).length === 0 ? '' : JSON.stringify(settings, null, 2),
  };
}

/** Returns the request for a new registry. @throws ApiError for a field that cannot be sent */
export function newRegistryBody(values: RegistryValues, t: Translate): NewServiceRegistry {
  const { name, host } = values;
  const fields = Object.entries(fieldsOf(values, t)).filter(([, value]) => value !== null);
  return { ...(name.trim() === '' ? {} : { name: name.trim() }), host, ...Object.fromEntries(fields) };
}

/** Returns what was changed; null takes a field away. @throws ApiError for a field that cannot be sent */
export function registryChangesBody(
  former: RegistryValues,
  values: RegistryValues,
  t: Translate,
): ServiceRegistryChanges {
  const before: Readonly<Record<string, unknown>> = { ...fieldsOf(former, t) };
  const changed = Object.entries(fieldsOf(values, t)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return Object.fromEntries(changed);
}

type Fields = { [Name in Exclude<keyof ServiceRegistryChanges, 'upstream'>]-?: ServiceRegistryChanges[Name] };

function fieldsOf(values: RegistryValues, t: Translate): Fields {
  const text = (value: string) => (value.trim() === '' ? null : value.trim());
  return {
    port: values.port.trim() === '' ? 'auto' : portOf(values.port, t),
    version: text(values.version),
    storage: storageOf(values, t),
    runtime: text(values.runtime) as Fields['runtime'],
    readOnly: values.readOnly,
    delete: values.delete === '' ? null : values.delete === 'yes',
    visibility: text(values.visibility) as Fields['visibility'],
    kind: values.kind as Fields['kind'],
    description: text(values.description),
    address: text(values.address),
    trusted: values.trusted,
    settings: values.settings.trim() === '' ? null : jsonOf(values.settings, '/settings', t),
  };
}

function storageOf(values: RegistryValues, t: Translate): Fields['storage'] {
  const { storage, directory, nfsServer: server, nfsPath: path, nfsOptions: options, s3 } = values;
  if (storage === 'directory') return { directory };
  if (storage === 'nfs') return { nfs: { server, path, ...(options.trim() === '' ? {} : { options }) } };
  return storage === 's3' ? { s3: jsonOf(s3, '/storage/s3', t) } : null;
}

function portOf(text: string, t: Translate): number {
  if (!/^\s*\d{1,5}\s*$/.test(text)) throw wrongField('/port', t('work.not-a-number'));
  return Number(text);
}

function jsonOf(text: string, pointer: string, t: Translate): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Told below, as what is no object.
  }
  throw wrongField(pointer, t('work.not-an-object'));
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
