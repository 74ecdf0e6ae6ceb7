import { z } from 'zod';
import type { Role } from '../src/index.js';

/** A role's variables as a table in Markdown: name, type, default, description, all from its schema. */
export function variablesTable(role: Role): string {
  const { properties = {} } = z.toJSONSchema(role.vars, { io: 'input', unrepresentable: 'any' });
  const defaults = role.vars.parse({});
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    typeOf(schema),
    defaultOf(defaults[name]),
    typeof schema === 'boolean' ? '' : (schema.description ?? ''),
  ]);
  const cells = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [['variable', 'type', 'default', 'what it is'], ['---', '---', '---', '---'], ...rows].map(cells).join('\n');
}

type Schema = z.core.JSONSchema._JSONSchema;

function typeOf(schema: Schema): string {
  if (typeof schema === 'boolean') return 'anything';
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return [...new Set(either.map(typeOf))].join(' or ');
  const types: readonly unknown[] = [schema.type].flat();
  return types.map((type) => simpleType(type, schema)).join(' or ');
}

function simpleType(type: unknown, schema: z.core.JSONSchema.BaseSchema): string {
  switch (type) {
    case 'string':
      return 'text';
    case 'integer':
      return 'number';
    case 'array':
      return `list of ${schema.items === undefined || Array.isArray(schema.items) ? 'anything' : typeOf(schema.items)}`;
    case 'object':
      return objectType(schema);
    default:
      return typeof type === 'string' ? type : 'anything';
  }
}

function objectType({ properties, required = [], additionalProperties }: z.core.JSONSchema.BaseSchema): string {
  const all = Object.keys(properties ?? {}).map((key) => (required.includes(key) ? key : `${key}?`));
  const keys = all.length > 20 ? [...required, '…'] : all;
  if (keys.length > 0) return `{${keys.join(', ')}}`;
  return additionalProperties === undefined ? 'map' : `map of ${typeOf(additionalProperties)}`;
}

function defaultOf(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value) && value.length > 5) return `a list of ${value.length}`;
  return `\`${JSON.stringify(value)}\``;
}
