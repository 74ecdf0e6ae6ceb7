import { z } from 'zod';
import { schemaType } from '../../src/diagnostics/shapes/schema-type.js';
import { code } from './markdown.js';

type ObjectSchema = z.core.JSONSchema.BaseSchema;

/** Field of an object that a schema describes, as texts of Markdown. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly defaultValue: string;
  readonly description: string;
  readonly examples: readonly unknown[];
}

/** Returns the schema of each form that a value may have: of one form, unless it is a union. */
export function formsOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): readonly ObjectSchema[] {
  const whole = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return [whole, ...(whole.anyOf ?? []), ...(whole.oneOf ?? [])].filter((form) => typeof form !== 'boolean');
}

/** Returns the fields of an object. */
export function fieldsOf({ properties = {}, required = [] }: ObjectSchema): readonly Field[] {
  return Object.entries(properties).map(([name, property]) => {
    const schema = typeof property === 'boolean' ? {} : property;
    return {
      name,
      type: schemaType(property, code),
      isRequired: required.includes(name) && schema.default === undefined,
      defaultValue: schema.default === undefined ? '' : code(JSON.stringify(schema.default)),
      description: schema.description ?? '',
      examples: schema.examples ?? [],
    };
  });
}
