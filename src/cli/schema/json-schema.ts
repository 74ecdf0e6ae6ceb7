import { z } from 'zod';

/** A JSON Schema (draft 7, which the YAML language server reads best), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const draft = 'http://json-schema.org/draft-07/schema#';

/**
 * Returns the JSON Schema of a zod schema: of what is written, where a schema makes something else of it. What JSON
 * Schema can't say is left out.
 */
export function fromZod(schema: z.ZodType, io: 'input' | 'output' = 'input'): JsonSchema {
  const {
    $schema: _,
    '~standard': __,
    ...rest
  } = { ...z.toJSONSchema(schema, { io, target: 'draft-7', unrepresentable: 'any' }) };
  return rest;
}

/** Turns a schema into a definition of another: references to its own parts begin there. */
export function within(schema: JsonSchema, name: string): JsonSchema {
  return mapSchema(schema, (key, value) => {
    if (key !== '$ref' || typeof value !== 'string' || !value.startsWith('#')) return value;
    return `#/definitions/${name}${value.slice(1)}`;
  });
}

export function refTo(definition: string): JsonSchema {
  return { $ref: `#/definitions/${definition}` };
}

/** Returns the properties of a schema of objects. */
export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return isSchema(schema.properties) ? onlySchemas(schema.properties) : {};
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function onlySchemas(values: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const found: Record<string, JsonSchema> = {};
  for (const [name, value] of Object.entries(values)) if (isSchema(value)) found[name] = value;
  return found;
}

function mapSchema(schema: JsonSchema, change: (key: string, value: unknown) => unknown): JsonSchema {
  const part = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(part);
    return isSchema(value) ? mapSchema(value, change) : value;
  };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, change(key, part(value))]));
}
