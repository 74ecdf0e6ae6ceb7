/**
 * Where a value does not fit a JSON Schema, as paths with the word that it breaks (`0.taks additionalProperties`): enough
 * of draft 7 for the schemas that are printed here. A word that it doesn't know is a fault of its own.
 */
export function faults(schema: unknown, value: unknown, root: unknown = schema, path = ''): readonly string[] {
  if (schema === true || schema === undefined) return [];
  if (!isMap(schema)) return [`${path} false`];
  const found: string[] = [];
  const at = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`);
  const check = (part: unknown, inner = value, where = path) => faults(part, inner, root, where);
  for (const [word, given] of Object.entries(schema)) {
    if (ignored.includes(word)) continue;
    if (word === '$ref') found.push(...check(resolve(root, String(given))));
    else if (word === 'type') {
      if (![given].flat().some((type) => isOfType(value, type))) found.push(`${path} type`);
    } else if (word === 'enum') {
      if (!Array.isArray(given) || !given.includes(value)) found.push(`${path} enum`);
    } else if (word === 'const') {
      if (given !== value) found.push(`${path} const`);
    } else if (word === 'not') {
      if (check(given).length === 0) found.push(`${path} not`);
    } else if (word === 'anyOf') {
      const tried = Array.isArray(given) ? given.map((each) => check(each)) : [];
      if (tried.every((each) => each.length > 0)) found.push(`${path} anyOf`);
    } else if (word === 'oneOf') {
      const fitting = Array.isArray(given) ? given.filter((each) => check(each).length === 0) : [];
      if (fitting.length !== 1) found.push(`${path} oneOf`);
    } else if (word === 'allOf') {
      if (Array.isArray(given)) for (const each of given) found.push(...check(each));
    } else if (word === 'if') {
      found.push(...check(check(given).length === 0 ? schema.then : schema.else));
    } else if (word === 'pattern') {
      if (typeof value === 'string' && !new RegExp(String(given)).test(value)) found.push(`${path} pattern`);
    } else if (word in sizes) {
      if (!sizes[word]?.(value, Number(given))) found.push(`${path} ${word}`);
    } else if (word === 'items') {
      if (Array.isArray(value)) {
        for (const [index, each] of value.entries())
          found.push(...check(Array.isArray(given) ? given[index] : given, each, at(index)));
      }
    } else if (word === 'properties') {
      if (isMap(value) && isMap(given))
        for (const [key, each] of Object.entries(value))
          if (Object.hasOwn(given, key)) found.push(...check(given[key], each, at(key)));
    } else if (word === 'additionalProperties') {
      const known = isMap(schema.properties) ? schema.properties : {};
      if (isMap(value))
        for (const [key, each] of Object.entries(value)) {
          if (Object.hasOwn(known, key)) continue;
          if (given === false) found.push(`${at(key)} additionalProperties`);
          else found.push(...check(given, each, at(key)));
        }
    } else if (word === 'propertyNames') {
      if (isMap(value)) for (const key of Object.keys(value)) found.push(...check(given, key, at(key)));
    } else if (word === 'required') {
      if (isMap(value) && Array.isArray(given))
        for (const key of given) if (!Object.hasOwn(value, String(key))) found.push(`${at(String(key))} required`);
    } else found.push(`${path} is checked by "${word}", which is not known here`);
  }
  return found;
}

const ignored =
  '$schema title description default examples definitions then else id format secret controllerFile'.split(' ');

const sizes: Readonly<Record<string, (value: unknown, limit: number) => boolean>> = {
  minimum: (value, limit) => typeof value !== 'number' || value >= limit,
  maximum: (value, limit) => typeof value !== 'number' || value <= limit,
  exclusiveMinimum: (value, limit) => typeof value !== 'number' || value > limit,
  exclusiveMaximum: (value, limit) => typeof value !== 'number' || value < limit,
  multipleOf: (value, limit) => typeof value !== 'number' || value % limit === 0,
  minLength: (value, limit) => typeof value !== 'string' || value.length >= limit,
  maxLength: (value, limit) => typeof value !== 'string' || value.length <= limit,
  minItems: (value, limit) => !Array.isArray(value) || value.length >= limit,
  maxItems: (value, limit) => !Array.isArray(value) || value.length <= limit,
  minProperties: (value, limit) => !isMap(value) || Object.keys(value).length >= limit,
};

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isMap(value);
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function resolve(root: unknown, reference: string): unknown {
  let found = root;
  for (const step of reference.slice(1).split('/').filter(Boolean)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isMap(found) ? found[key] : Array.isArray(found) ? found[Number(key)] : undefined;
  }
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
