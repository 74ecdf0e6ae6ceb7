import type { z } from 'zod';
import { countsSchema, eventSchema, outcomeSchema, reportSchema } from '../../src/engine/events.js';
import { type Field, fieldsOf, formsOf } from './fields.js';
import { code, page, table } from './markdown.js';

/** Returns the page of events: the documents of `--output json` and of the log of a run, with their fields. */
export function eventsPage(): string {
  const events = formsOf(eventSchema, 'output').map(fieldsOf).filter(isEvent);
  return page(
    'Events',
    '`--output json` prints one JSON document a line: the events of the run as they happen, then its report. The log of a run (`.provision/runs`) has the same, with one short line for a task that found nothing to do; `provision runs show RUN --output json` prints them all. Fields are added, never removed or given another meaning.',
    `Results of a task: ${outcomeSchema.options.map(code).join(', ')}. The last two occur in check mode only.`,
    ...events.flatMap(([event, ...fields]) => [
      `## ${event.type.replaceAll(/[`"]/g, '')}`,
      sentence(event.description),
      fieldsTable(fields),
    ]),
    '## Report',
    'The last document.',
    fieldsTable(fieldsIn(reportSchema)),
    '## Counts',
    'Tasks of a host, as in the recap.',
    fieldsTable(fieldsIn(countsSchema)),
  );
}

function isEvent(fields: readonly Field[]): fields is readonly [Field, ...Field[]] {
  return fields[0]?.name === 'event';
}

function fieldsIn(schema: z.ZodType): readonly Field[] {
  return formsOf(schema, 'output').flatMap(fieldsOf);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function fieldsTable(fields: readonly Field[]): string {
  return table(
    ['field', 'type', 'description'],
    fields.map(({ name, type, isRequired, description }) => [
      code(name),
      isRequired ? type : `${type}, optional`,
      description,
    ]),
  );
}
