import type { ServerAnswer } from '../../../registry/server/answers/answer.js';
import { jsonAnswer, plainError } from '../answers.js';
import { mayRead, type Visit } from '../visit.js';
import { type SearchBackend, SearchError } from './backend.js';

/** Answers `/v1/search`: 404 without a backend, all results at once with one. */
export async function answerSearch(
  backend: SearchBackend | undefined,
  query: string,
  visit: Visit,
): Promise<ServerAnswer> {
  if (query === '') return plainError(400, 'parameter "q" is required');
  if (backend === undefined) return plainError(404);
  try {
    const all = await backend.search(query, visit);
    const results = all.filter(({ name, should_filter }) => !should_filter || isReadable(name, visit));
    return jsonAnswer({ query, num_results: results.length, results });
  } catch (error) {
    if (error instanceof SearchError) return plainError(error.status, error.shown);
    throw error;
  }
}

function isReadable(name: string, visit: Visit): boolean {
  const { manifests, images } = visit.tables;
  return [manifests.get(name), images.get(name)].some((each) => each !== undefined && mayRead(each, visit));
}
