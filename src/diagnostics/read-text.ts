import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Most bytes of a file that is read as a whole: lists, inventories, settings. */
export const largestText = 16 * 1024 * 1024;

/** Bytes that are read at a time of what doesn't say how long it is. */
const step = 64 * 1024;

/** Paths under which a shell gives what another command prints, `<(…)`, and standard input. */
const givenByShell = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

/**
 * Reads a text file that others may have made. One of more than {@link largestText} bytes, or that never ends, is refused
 * before it fills memory; so is a named pipe, which waits for somebody to write. What a shell gives as `<(…)` is read.
 * @throws Error what the system says, or what is wrong with the file
 */
export function readTextFile(file: string): string {
  return readBytesOf(file).toString('utf8');
}

function readBytesOf(file: string): Buffer {
  const isGiven = givenByShell.test(file);
  const handle = openSync(file, isGiven ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const kind = fstatSync(handle);
    if (kind.isFIFO() && !isGiven) throw new Error('it is a named pipe, which may never end: give a file, or <(…)');
    if (kind.size > largestText) throw tooLarge();
    const chunks: Buffer[] = [];
    for (let length = 0; ; ) {
      const chunk = Buffer.allocUnsafe(Math.max(step, kind.size + 1 - length));
      const read = readSync(handle, chunk);
      length += read;
      if (length > largestText) throw tooLarge();
      if (read === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
}

function tooLarge(): Error {
  return new Error(`it has more than ${largestText / 1024 / 1024} MiB: split it`);
}
