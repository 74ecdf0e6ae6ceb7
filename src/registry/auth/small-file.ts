import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of a file of accounts, a certificate or a key at most. */
const most = 4 << 20;

/** A file's text, and whether others than its owner can read it. */
export interface SmallFile {
  readonly text: string;
  readonly open: boolean;
}

/**
 * Reads a file that is small by its nature. A pipe is read where the user named it, as in `<(command)`; elsewhere it would
 * be waited on for ever.
 * @throws Error of the system, or saying that it is no file, or too large
 */
export function readSmallFile(path: string, named: boolean): SmallFile {
  const file = openSync(path, named ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() && !(named && (stats.isFIFO() || stats.isSocket()))) throw new Error('it is not a file');
    const text = readAtMost(file).toString('utf8');
    return { text, open: process.platform !== 'win32' && (stats.mode & 0o044) !== 0 };
  } finally {
    closeSync(file);
  }
}

/** To its end: of a pipe no size is known. */
function readAtMost(file: number): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(64 * 1024);
    const read = readSync(file, piece);
    if (read === 0) return Buffer.concat(pieces);
    size += read;
    if (size > most) throw new Error(`it has more than ${most} bytes`);
    pieces.push(piece.subarray(0, read));
  }
}
