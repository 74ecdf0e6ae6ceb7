import { z } from 'zod';
import { type FedEvent, jobEvents } from '../../../jobs/job-feed.js';
import { Problem } from '../../../problem.js';
import { idInPath } from '../../../schemas/fields.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ServiceApp } from '../../bare-app.js';
import { sendEvents } from '../../send-events.js';
import { visibleJob } from './jobs.js';
import { shownJob } from './shown-job.js';

/** Events of a page, where no stream is asked for. */
const mostOfPage = 1000;

const sequence = z.coerce.number().int().min(0);

/** Adds the route of a job's events: a stream (SSE) that goes on where it was cut, or pages. */
export function addJobEventRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { jobs } = parts;
  const query = z.strictObject({
    after: sequence.optional().describe('Number of the last event that is known; `Last-Event-ID` means the same'),
    limit: z.coerce.number().int().min(1).max(mostOfPage).default(mostOfPage),
    last: z.coerce.number().int().min(1).max(mostOfPage).optional().describe('So many of the last alone: no stream'),
  });
  const eventPage = z.object({
    items: z.array(z.object({ sequence: z.number(), event: z.record(z.string(), z.unknown()) })),
    next: z.number().nullable().describe('Parameter `after` of the next page; null: there is no more yet'),
    state: z.string().describe('State of the job'),
  });

  app.get(
    '/api/v1/jobs/:id/events',
    {
      schema: {
        summary: 'Shows the events of a job, as a stream or in pages',
        params: idInPath,
        querystring: query,
        response: { 200: eventPage },
      },
    },
    async (request, reply) => {
      const job = await visibleJob(parts, request, request.params.id);
      const last = sequence.safeParse(request.headers['last-event-id'] ?? request.query.after ?? 0);
      if (!last.success) throw new Problem('invalid-request', 'Last-Event-ID: must be the number of an event');
      if (request.headers.accept?.includes('text/event-stream') === true) {
        const events = async function* (signal: AbortSignal) {
          for await (const { sequence: id, line } of jobEvents(jobs, job.id, last.data, signal))
            yield { id, data: line };
          const ended = await jobs.store.find(job.id);
          if (ended !== undefined) yield { event: 'end', data: JSON.stringify(shownJob(ended)) };
        };
        return await sendEvents(request, reply, events, parts.complain);
      }
      const { limit, last: newest } = request.query;
      const items: z.output<typeof eventPage>['items'] = [];
      let next: number | null = null;
      const never = new AbortController().signal;
      if (newest !== undefined) {
        const lines: FedEvent[] = [];
        for await (const event of jobEvents(jobs, job.id, last.data, never, false)) {
          lines.push(event);
          if (lines.length > newest) lines.shift();
        }
        for (const { sequence: number, line } of lines) items.push({ sequence: number, event: JSON.parse(line) });
        return { items, next, state: job.state };
      }
      for await (const { sequence: number, line } of jobEvents(jobs, job.id, last.data, never, false)) {
        if (items.length === limit) {
          next = items.at(-1)?.sequence ?? null;
          break;
        }
        items.push({ sequence: number, event: JSON.parse(line) });
      }
      return { items, next, state: job.state };
    },
  );
}
