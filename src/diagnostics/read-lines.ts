import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { largestText } from './read-text.js';

/** Bytes that are read at a time. */
const step = 64 * 1024;

const lineFeed = 10;

/** Longest line that is read, in bytes. */
const longestLine = largestText;

/**
 * Reads the lines of a file that grows with each run, such as a log: one after the other, never all of it. A line of
 * more than 16 MiB is skipped.
 * @throws Error of the system, or one that says that it is no regular file
 */
export function* readLines(file: string): Generator<string> {
  const handle = openRegular(file);
  try {
    let parts: Buffer[] = [];
    let length = 0;
    for (let chunk = readAt(handle, null); chunk.length > 0; chunk = readAt(handle, null)) {
      let from = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
        length += end - from;
        if (length <= longestLine) yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
        [parts, length, from] = [[], 0, end + 1];
      }
      length += chunk.length - from;
      if (length <= longestLine) parts.push(chunk.subarray(from));
      else parts = [];
    }
    if (length > 0 && length <= longestLine) yield Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

/** Reads the first line of a file. */
export function readFirstLine(file: string): string {
  const { value } = readLines(file).next();
  return value === undefined ? '' : String(value);
}

/** Reads the last line of a file, from its end; empty where it has more than 16 MiB. */
export function readLastLine(file: string): string {
  const handle = openRegular(file);
  try {
    const parts: Buffer[] = [];
    let length = 0;
    for (let end = fstatSync(handle).size; end > 0 && length <= longestLine; ) {
      const start = Math.max(0, end - step);
      const chunk = readAt(handle, start, end - start);
      const line = length === 0 ? withoutLineEnd(chunk) : chunk;
      const before = line.lastIndexOf(lineFeed);
      parts.unshift(line.subarray(before + 1));
      length += line.length;
      if (before >= 0) return Buffer.concat(parts).toString('utf8');
      end = start;
    }
    return length > longestLine ? '' : Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

function withoutLineEnd(chunk: Buffer): Buffer {
  return chunk.at(-1) === lineFeed ? chunk.subarray(0, -1) : chunk;
}

/** Opens a regular file: a pipe would be waited for, and a device may never end. */
function openRegular(file: string): number {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  throw new Error('it is no regular file');
}

function readAt(handle: number, position: number | null, length = step): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, readSync(handle, bytes, 0, length, position));
}
