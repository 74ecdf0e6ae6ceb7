import { z } from 'zod';
import { schemaType } from '../../diagnostics/shapes/schema-type.js';
import { paragraph } from './paragraph.js';

/** Lists the parameters of a resource or variables of a role: name, type, default and description, from the schema. */
export function paramsText(schema: z.ZodType): string {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const shapes = [whole, ...(whole.anyOf ?? [])].filter((each) => typeof each !== 'boolean');
  const lines = shapes.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, each]) => {
      const shown = typeof each === 'boolean' ? {} : each;
      const { description } = shown;
      const standard =
        shown.default === undefined || required.includes(name) ? '' : `, default ${shortenValue(shown.default)}`;
      const head = `  ${name}: ${schemaType(each)}${required.includes(name) ? ', needed' : standard}`;
      return description === undefined ? head : `${head}\n${paragraph(description, 6)}`;
    }),
  );
  const alone = shapes.find(({ type }) => type === 'string') === undefined ? [] : ['  may be a text alone'];
  return [...alone, ...lines].join('\n');
}

function shortenValue(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
