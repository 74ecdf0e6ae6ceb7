import type { IncomingMessage } from 'node:http';
import { eachPiece } from '../uploads/receive.js';

/** The body of a request in memory, or why it isn't: it has more than `most` bytes, or the connection was lost. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | 'too long' | 'cut'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return 'too long';
  const pieces: Buffer[] = [];
  let size = 0;
  const whole = await eachPiece(request, (piece) => {
    size += piece.length;
    if (size <= most) pieces.push(piece);
  });
  if (size > most) return 'too long';
  return whole ? Buffer.concat(pieces) : 'cut';
}
