import { SearchError } from './backend.js';

/** Milliseconds that a backend has for its answer, and bytes. */
const deadline = 1000;
const mostBytes = 8 << 20;

/** Asks a backend of search. @throws SearchError by what has failed, as Crane told it */
export async function askBackend(url: string): Promise<string> {
  const signal = AbortSignal.timeout(deadline);
  try {
    const response = await fetch(url, { signal, headers: { accept: '*/*' } });
    if (!response.ok) throw new SearchError(503, `${url}: status ${response.status}`);
    if (response.status !== 200) throw new SearchError(502, `${url}: status ${response.status}`);
    let size = 0;
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > mostBytes) throw new SearchError(502, `${url}: more than ${mostBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof SearchError) throw error;
    if (signal.aborted) throw new SearchError(504, `${url}: no answer within ${deadline} ms`);
    throw new SearchError(503, `${url}: ${(error as Error).message}`);
  }
}

/** Makes the error of an answer that is not understood. */
export function unreadableAnswer(why: string): SearchError {
  return new SearchError(502, why, 'error communicating with backend search service');
}
