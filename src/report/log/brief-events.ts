import { z } from 'zod';
import type { RunEvent } from '../../engine/events.js';

/*
 * Most tasks of most runs find nothing to do. The log has one short line for the start and end of such a task, from
 * which both events are made again: 100 bytes instead of 400, of 40 tasks on each of 10,000 hosts.
 */

type TaskStart = Extract<RunEvent, { event: 'task-start' }>;
type TaskEnd = Extract<RunEvent, { event: 'task-end' }>;

/** Fields of an end that a brief line has. With any other, the task has two lines. */
const known = new Set(['time', 'event', 'host', 'play', 'role', 'task', 'delegate', 'index', 'handler', 'outcome'])
  .add('summary')
  .add('hint')
  .add('details')
  .add('status')
  .add('place')
  .add('seconds');

const briefSchema = z.object({
  ok: z.tuple([
    z.string().describe('host'),
    z.string().describe('play'),
    z.string().nullable().describe('role'),
    z.string().describe('task'),
    z.number().describe('index'),
    z.union([z.literal(0), z.literal(1)]).describe('whether it is a handler'),
    z.number().describe('time of the start, in milliseconds since 1970'),
    z.number().describe('milliseconds from the start to the end'),
    z.number().describe('seconds that the task took'),
    z.string().describe('summary'),
    z.union([z.tuple([z.string(), z.number(), z.number()]), z.null()]).describe('place'),
  ]),
});

/** Returns the brief line of a task that found nothing to do; undefined where that would lose something. */
export function briefOf(start: TaskStart, end: TaskEnd): z.infer<typeof briefSchema> | undefined {
  const { host, play, role, task, index, handler, place } = end;
  if (end.outcome !== 'ok' || end.hint !== undefined || end.details !== undefined || end.status !== undefined)
    return undefined;
  if (end.delegate !== undefined || Object.keys(end).some((name) => !known.has(name))) return undefined;
  const at = Date.parse(start.time);
  const took = Date.parse(end.time) - at;
  const where = place === undefined ? null : ([place.file, place.line, place.column] as const);
  const isHandler = handler ? 1 : 0;
  return {
    ok: [host, play, role ?? null, task, index, isHandler, at, took, end.seconds, end.summary, where && [...where]],
  };
}

/** Returns the events of a line of a log: two for a brief one, the line's own document for any other. */
export function eventsOf(document: unknown): readonly unknown[] {
  const brief = briefSchema.safeParse(document);
  if (!brief.success) return [document];
  const [host, play, role, task, index, isHandler, at, took, seconds, summary, place] = brief.data.ok;
  const of = { host, play, ...(role !== null && { role }), task, index, handler: isHandler === 1 };
  const [file, line, column] = place ?? [];
  return [
    { time: new Date(at).toISOString(), event: 'task-start', ...of },
    {
      ...{ time: new Date(at + took).toISOString(), event: 'task-end', ...of, outcome: 'ok', summary },
      ...(place !== null && { place: { file, line, column } }),
      seconds,
    },
  ];
}
