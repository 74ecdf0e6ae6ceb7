import type { IncomingMessage } from 'node:http';

/** The body of a request in memory, or why it isn't: it has more than `most` bytes, or the connection was lost. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | 'too long' | 'cut'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return 'too long';
  const chunks: Buffer[] = [];
  let size = 0;
  const pieces = request[Symbol.asyncIterator]();
  while (true) {
    let next: IteratorResult<Buffer>;
    try {
      next = await pieces.next();
    } catch {
      return 'cut'; // The only error of a request's body is that its connection was lost.
    }
    if (next.done) return request.complete ? Buffer.concat(chunks) : 'cut';
    chunks.push(next.value);
    size += next.value.length;
    if (size > most) return 'too long';
  }
}
