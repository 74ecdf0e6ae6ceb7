import { fstatSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import { byteRange, matchesEtag } from '../../registry/server/answers/byte-range.js';
import { openPlain } from '../../registry/server/storage/plain-file.js';

/**
 * Makes the answer of a file: all of it, the part that a range names, or 304. Links are followed, as Pulp publishes by
 * them. Undefined where there is no file.
 */
export async function fileAnswer(
  path: string,
  { headers: asked }: IncomingMessage,
  headers: Readonly<Record<string, string>>,
): Promise<ServerAnswer | undefined> {
  const file = await openPlain(path, 'follow');
  if (file === undefined) return undefined;
  try {
    const { size, mtimeMs } = fstatSync(file.fd);
    const tag = `${size.toString(16)}-${Math.round(mtimeMs).toString(16)}`;
    const all = { ...headers, ETag: `"${tag}"`, 'Accept-Ranges': 'bytes' };
    const condition = asked['if-range']?.toString();
    const range = byteRange(condition === undefined || matchesEtag(condition, tag) ? asked.range : undefined, size);
    if (matchesEtag(asked['if-none-match'], tag)) {
      await file.close();
      return { status: 304, headers: all };
    }
    switch (range.kind) {
      case 'beyond':
        await file.close();
        return { status: 416, headers: { 'Content-Range': `bytes */${size}` } };
      case 'whole':
        return { status: 200, headers: all, body: { file, start: 0, length: size } };
      case 'part': {
        const { start, length } = range;
        const part = { 'Content-Range': `bytes ${start}-${start + length - 1}/${size}` };
        return { status: 206, headers: { ...all, ...part }, body: { file, start, length } };
      }
    }
  } catch (error) {
    await file.close();
    throw error;
  }
}
