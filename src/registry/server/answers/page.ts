import { type Answer, json, refusal } from './answer.js';

/** Which part of a list a request wants: `n` entries behind `last` (distribution-spec end-8b). */
export interface Page {
  /** Infinity: all. */
  readonly size: number;
  readonly last: string;
}

/** Reads `n` and `last`; undefined when `n` is no number. */
export function pageOf(query: URLSearchParams, defaultSize: number, largest: number): Page | undefined {
  const n = query.get('n');
  if (n !== null && !/^\d+$/.test(n)) return undefined;
  return { size: n === null ? defaultSize : Math.min(Number(n), largest), last: query.get('last') ?? '' };
}

/** A page, with a Link to the next when there is one: `entries` has one more than the page then. */
export function pageAnswer(
  path: string,
  { size }: Page,
  entries: readonly string[],
  body: (entries: readonly string[]) => unknown,
): Answer {
  const shown = entries.slice(0, size);
  const last = shown.at(-1);
  const more = entries.length > shown.length && last !== undefined;
  const link = `<${path}?n=${size}&last=${encodeURIComponent(last ?? '')}>; rel="next"`;
  return json(200, body(shown), more ? { Link: link } : {});
}

/** The answer to an `n` that is no number. */
export function badPage(): Answer {
  return refusal(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested');
}
