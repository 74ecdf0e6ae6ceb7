import type { z } from 'zod';

type Schema = z.core.JSONSchema._JSONSchema;

/**
 * Returns the type that a JSON Schema describes, in few words: `text`, `list of number`, `{name, value?}`.
 * @param quote writes a value
 */
export function schemaType(schema: Schema, quote: (value: string) => string = (value) => value): string {
  const type = (of: Schema) => schemaType(of, quote);
  if (typeof schema === 'boolean') return 'anything';
  if (schema.enum !== undefined) return schema.enum.map((value) => quote(JSON.stringify(value))).join(', ');
  if (schema.const !== undefined) return quote(JSON.stringify(schema.const));
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return [...new Set(either.map(type))].join(' or ');
  const types: readonly unknown[] = [schema.type].flat();
  return types.map((name) => simpleType(name, schema, type)).join(' or ');
}

function simpleType(name: unknown, schema: z.core.JSONSchema.BaseSchema, type: (of: Schema) => string): string {
  switch (name) {
    case 'string':
      return 'text';
    case 'integer':
      return 'number';
    case 'array':
      return `list of ${schema.items === undefined || Array.isArray(schema.items) ? 'anything' : type(schema.items)}`;
    case 'object':
      return objectType(schema, type);
    default:
      return typeof name === 'string' ? name : 'anything';
  }
}

function objectType(
  { properties, required = [], additionalProperties }: z.core.JSONSchema.BaseSchema,
  type: (of: Schema) => string,
): string {
  const all = Object.keys(properties ?? {}).map((key) => (required.includes(key) ? key : `${key}?`));
  const keys = all.length > 20 ? [...required, '…'] : all;
  if (keys.length > 0) return `{${keys.join(', ')}}`;
  return additionalProperties === undefined ? 'map' : `map of ${type(additionalProperties)}`;
}
