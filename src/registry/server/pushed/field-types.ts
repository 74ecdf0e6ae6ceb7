import { isRecord } from '../../../model/is-record.js';

/** Returns what is wrong with a value whose name is given; undefined: nothing. */
type TypeCheck = (value: unknown, name: string) => string | undefined;

/**
 * Returns the first field of a manifest or index that has another type than image-spec says (manifest.md,
 * image-index.md, descriptor.md). Programs in Go can't read such a document at all: docker-registry's collector of
 * garbage stops at it. Fields that the specification doesn't know are left alone.
 */
export function wrongField(document: Readonly<Record<string, unknown>>): string | undefined {
  return documentType(document, '');
}

const text: TypeCheck = (value, name) => (typeof value === 'string' ? undefined : `${name} is not a text`);

const size: TypeCheck = (value, name) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? undefined
    : `${name} is not a number of bytes`;

const base64: TypeCheck = (value, name) =>
  typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
    ? undefined
    : `${name} is not base64`;

const texts = listOf(text);

const textByText: TypeCheck = (value, name) => {
  if (!isRecord(value)) return `${name} is not an object`;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== 'string') return `${name} has something else than a text at ${JSON.stringify(shown(key))}`;
  }
  return undefined;
};

const platform = fieldsOf({
  architecture: text,
  os: text,
  'os.version': text,
  'os.features': texts,
  variant: text,
  features: texts,
});

const descriptor = fieldsOf({
  mediaType: text,
  digest: text,
  size,
  urls: texts,
  annotations: textByText,
  data: base64,
  artifactType: text,
  platform,
});

const documentType = fieldsOf({
  schemaVersion: (value, name) => (value === 2 ? undefined : `${name} is not 2`),
  mediaType: text,
  artifactType: text,
  config: descriptor,
  layers: listOf(descriptor),
  manifests: listOf(descriptor),
  subject: descriptor,
  annotations: textByText,
  fsLayers: () => undefined, // Of schema 1: whoever looks for it must find it under this name.
});

function listOf(item: TypeCheck): TypeCheck {
  return (value, name) => {
    if (!Array.isArray(value)) return `${name} is not a list`;
    for (const [at, inner] of value.entries()) {
      const wrong = item(inner, `${name}.${at}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** Makes the check of an object. Programs in Go read keys in capitals as if they were small, and null as left out. */
function fieldsOf(types: Readonly<Record<string, TypeCheck>>): TypeCheck {
  const byFolded = new Map(Object.keys(types).map((key) => [folded(key), key]));
  return (value, name) => {
    if (!isRecord(value)) return `${name} is not an object`;
    for (const [key, inner] of Object.entries(value)) {
      const known = byFolded.get(folded(key));
      if (known === undefined) continue;
      const inside = name === '' ? known : `${name}.${known}`;
      if (key !== known) return `${inside} is spelled ${shown(key)}`;
      const wrong = inner === null ? undefined : types[known]?.(inner, inside);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** Returns a key as Go compares it: of `K`, `k` and the sign of Kelvin, or of `S`, `s` and `ſ`, there is one. */
function folded(key: string): string {
  return key.length > 20 ? key : key.toUpperCase().toLowerCase();
}

function shown(key: string): string {
  return key.slice(0, 100);
}
