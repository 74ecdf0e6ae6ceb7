import { z } from 'zod';

/** Time in an answer: RFC 3339, UTC. */
export const time = z.iso.datetime();

/** Time in a request: RFC 3339, with a zone. */
export const futureTime = z.iso
  .datetime({ offset: true, error: 'must be a time: 2027-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text));

/** Short text without control characters. */
export const plainText = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must have no control characters' });

/** Name of an account or group in a path. */
export const nameInPath = z.strictObject({ name: z.string().min(1).max(64) });
export const idInPath = z.strictObject({ id: z.string().min(1).max(64) });

/** Text that a database can hold: PostgreSQL takes no NUL. */
export const storedText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !text.includes('\0'), { error: 'must have no NUL' });

/** Page of a list: the entries behind `after`. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('Entries of a page'),
  after: storedText(300).optional().describe('`next` of the page before'),
});

/** Parameter of lists that are exported as well. */
export const exportFormat = z
  .enum(['json', 'csv'])
  .optional()
  .describe('`csv`: all pages from `after` on as one file (RFC 4180), as `Accept: text/csv` asks for');

/** Query of what may be tried first. */
export const dryRunQuery = z.strictObject({
  dryRun: z.stringbool().default(false).describe('True: only say what it would do, as a job of the kind `check`'),
});

/** Makes the answer of a list. */
export function listPage<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('Parameter `after` of the next page; null: there is none'),
  });
}

/** Returns a time as answers have it. */
export function shownTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** {@link shownTime}, or null. */
export function shownTimeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : shownTime(milliseconds);
}
