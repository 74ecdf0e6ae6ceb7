import { z } from 'zod';
import { schemaType } from '../../src/diagnostics/shapes/schema-type.js';
import type { Role } from '../../src/index.js';

/** A role's variables as a table in Markdown: name, type, default, description, all from its schema. */
export function variablesTable(role: Role): string {
  const { properties = {} } = z.toJSONSchema(role.vars, { io: 'input', unrepresentable: 'any' });
  const defaults = role.vars.parse({});
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    schemaType(schema, (value) => `\`${value}\``),
    defaultOf(defaults[name]),
    typeof schema === 'boolean' ? '' : (schema.description ?? ''),
  ]);
  const cells = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [['variable', 'type', 'default', 'what it is'], ['---', '---', '---', '---'], ...rows].map(cells).join('\n');
}

function defaultOf(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value) && value.length > 5) return `a list of ${value.length}`;
  return `\`${JSON.stringify(value)}\``;
}
