import type { z } from 'zod';
import { isRecord } from '../../model/is-record.js';
import { Problem, type ProblemPlace } from '../problem.js';
import type { NewRegistry, registrySchema } from '../schemas/registries.js';
import type { FoundRegistry } from './managed-registries.js';

type Shown = z.output<typeof registrySchema>;

/** Names of fields that the file spells otherwise. */
const spelled = { readOnly: 'read_only', delete: 'delete_enabled' } as const;
/** Fields that the file has by the same name. */
const alike = ['version', 'runtime', 'visibility', 'kind', 'upstream', 'description', 'address', 'trusted'] as const;
const storageKeys = { nfs: 'storage_nfs', directory: 'storage_directory', s3: 's3' } as const;
const known = new Set<string>([
  'name',
  'port',
  'state',
  'force',
  ...alike,
  ...Object.values(spelled),
  ...Object.values(storageKeys),
]);

/** Fields of a registry by the API; null takes one away. */
export type RegistryFields = Partial<Record<Exclude<keyof NewRegistry, 'host' | 'name'>, unknown>>;

/**
 * Returns the entry of a file with fields changed.
 * @throws Problem for texts that would be templates, or settings that have a field of their own
 */
export function changedEntry(
  former: Readonly<Record<string, unknown>>,
  fields: RegistryFields,
): Record<string, unknown> {
  refuseTemplates(fields);
  const entry: Record<string, unknown> = { ...former };
  const put = (key: string, value: unknown) => {
    if (value === undefined) return;
    if (value === null) delete entry[key];
    else entry[key] = value;
  };
  put('port', fields.port === 'auto' ? 0 : fields.port);
  for (const name of alike) put(name, fields[name]);
  put(spelled.readOnly, fields.readOnly);
  put(spelled.delete, fields.delete);
  if (fields.storage !== undefined) {
    for (const key of Object.values(storageKeys)) delete entry[key];
    if (isRecord(fields.storage)) {
      for (const [name, key] of Object.entries(storageKeys)) put(key, fields.storage[name]);
    }
  }
  if (fields.settings === null) for (const key of Object.keys(entry)) if (!known.has(key)) delete entry[key];
  if (isRecord(fields.settings)) {
    for (const [key, value] of Object.entries(fields.settings)) {
      if (known.has(key)) throw refused([{ pointer: `/settings/${key}`, detail: 'has a field of its own' }]);
      put(key, value);
    }
  }
  return entry;
}

/** Returns what the API shows of a registry that stands in the file. */
export function shownEntry({
  host,
  entry,
}: FoundRegistry): Omit<Shown, 'job' | 'result' | 'reconciledAt' | 'error' | 'drift'> {
  const storage = Object.entries(storageKeys).flatMap(([name, key]) =>
    entry[key] === undefined ? [] : [[name, entry[key]]],
  );
  const text = (key: string) => (entry[key] === undefined ? null : String(entry[key]));
  return {
    name: entry.name,
    address: entry.address ?? `${host}:${entry.port}`,
    managed: true,
    host,
    port: entry.port,
    version: text('version'),
    storage: storage.length === 0 ? null : Object.fromEntries(storage),
    runtime: text('runtime'),
    readOnly: entry[spelled.readOnly] === true,
    delete: entry[spelled.delete] === undefined ? null : entry[spelled.delete] === true,
    visibility: entry.visibility ?? null,
    kind: entry.kind ?? null,
    upstream: entry.upstream ?? null,
    description: entry.description ?? '',
    trusted: entry.trusted ?? false,
    settings: Object.fromEntries(Object.entries(entry).filter(([key]) => !known.has(key))),
    leaving: entry.state === 'absent',
  };
}

/** Refuses texts with braces: in the file they would be templates. One variable alone may be named: it is how secrets stay out of the file. */
function refuseTemplates(fields: RegistryFields): void {
  const errors: ProblemPlace[] = [];
  const look = (value: unknown, pointer: string) => {
    if (typeof value === 'string') {
      if (value.includes('{{') && !/^\{\{[A-Za-z_]\w{0,99}\}\}$/.test(value)) {
        errors.push({ pointer, detail: 'must have no {{, but for one variable alone: {{name}}' });
      }
    } else if (Array.isArray(value)) for (const [index, each] of value.entries()) look(each, `${pointer}/${index}`);
    else if (isRecord(value)) for (const [key, part] of Object.entries(value)) look(part, `${pointer}/${key}`);
  };
  look(fields, '');
  if (errors.length > 0) throw refused(errors);
}

function refused(errors: readonly ProblemPlace[]): Problem {
  return new Problem(
    'unprocessable',
    errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; '),
    { errors },
  );
}
