import { isSchema, type JsonSchema } from './json-schema.js';

const template = String.raw`\{\{`;
const truths = '^(?:[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF|[Tt]rue|TRUE|[Ff]alse|FALSE)$';
const number = String.raw`^-?\d+(?:\.\d+)?$`;

/**
 * Returns the schema of what may stand in YAML for a value. Wherever something is wanted, a template of it will do. For
 * true, false and numbers so will words that mean them (`yes`, "22"), as when a site is read.
 */
export function asInYaml(schema: JsonSchema): JsonSchema {
  const { oneOf, format: _, maxLength: __, $ref, ...rest } = schema;
  if (typeof $ref === 'string') return schema;
  const parts = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, part(key, value)]));
  // What is loosened may fit two of them.
  return loosen(Array.isArray(oneOf) ? { ...parts, anyOf: oneOf.filter(isSchema).map(asInYaml) } : parts);
}

function part(key: string, value: unknown): unknown {
  if (['anyOf', 'allOf'].includes(key) && Array.isArray(value)) return value.filter(isSchema).map(asInYaml);
  if (key === 'items') return Array.isArray(value) ? value.filter(isSchema).map(asInYaml) : each(value);
  if (key === 'additionalProperties') return each(value);
  if (!isSchema(value) || !['properties', 'patternProperties', 'definitions'].includes(key)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(inner)]));
}

function each(value: unknown): unknown {
  return isSchema(value) ? asInYaml(value) : value;
}

function loosen(schema: JsonSchema): JsonSchema {
  const { type, pattern } = schema;
  if (schema.enum !== undefined || schema.const !== undefined) {
    const { enum: values, const: only, type: _, default: byDefault, description, ...others } = schema;
    const annotations = {
      ...(byDefault !== undefined && { default: byDefault }),
      ...(description !== undefined && { description }),
    };
    const exact = { ...others, ...(values === undefined ? { const: only } : { enum: values }) };
    return { ...annotations, anyOf: [exact, { type: 'string', pattern: template }] };
  }
  if (type === 'boolean') return { ...schema, type: ['boolean', 'string'], pattern: `${template}|${truths}` };
  if (type === 'number' || type === 'integer')
    return { ...schema, type: [type, 'string'], pattern: `${template}|${number}` };
  if (type === 'array' || type === 'object') return { ...schema, type: [type, 'string'], pattern: template };
  if (typeof pattern === 'string') return { ...schema, pattern: `${template}|(?:${pattern})`, minLength: 0 };
  return schema;
}
