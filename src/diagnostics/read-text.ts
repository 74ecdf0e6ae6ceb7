import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Largest file that is read as a whole, in bytes: lists, inventories, settings. */
export const largestText = 16 * 1024 * 1024;

/** Bytes that are read at a time where the size is not known. */
const step = 64 * 1024;

/** Paths under which a shell gives what another command prints, `<(…)`, and standard input. */
const givenByShell = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

/** Options of {@link readTextFile}. */
export interface ReadTextOptions {
  /** Bytes at most; default {@link largestText}. */
  readonly most?: number;
  /**
   * Kinds of files that may be read besides a regular one: a device, such as /dev/null, and what a shell gives
   * (default); any pipe, where the user named it; or none.
   */
  readonly besides?: 'given-by-shell' | 'any-pipe' | 'none';
}

/** A file's text, and whether others than its owner can read it. */
export interface ReadText {
  readonly text: string;
  readonly open: boolean;
}

/**
 * Reads a text file that others may have made. A file that is too large, or never ends, is refused before it fills
 * memory; so is a named pipe, which waits for somebody to write.
 * @throws Error of the system, or one that says what is wrong with the file
 */
export function readTextFile(file: string, options: ReadTextOptions = {}): string {
  return readTextAndMode(file, options).text;
}

/** Reads a text as {@link readTextFile} does, with what its mode says. */
export function readTextAndMode(file: string, options: ReadTextOptions = {}): ReadText {
  const { bytes, open } = readBytesAndMode(file, options);
  return { text: bytes.toString('utf8'), open };
}

/** Reads the bytes of a file as {@link readTextFile} reads its text. */
export function readFileBytes(file: string, options: ReadTextOptions = {}): Buffer {
  return readBytesAndMode(file, options).bytes;
}

function readBytesAndMode(
  file: string,
  { most = largestText, besides = 'given-by-shell' }: ReadTextOptions,
): { readonly bytes: Buffer; readonly open: boolean } {
  const waits = besides === 'any-pipe' || (besides === 'given-by-shell' && givenByShell.test(file));
  const handle = openSync(file, waits ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const kind = fstatSync(handle);
    if (besides === 'none' && !kind.isFile()) throw new Error('it is no regular file');
    if (kind.isFIFO() && !waits) throw new Error('it is a named pipe, which may never end: give a file, or <(…)');
    if (kind.size > most) throw tooLarge(most);
    const open = process.platform !== 'win32' && (kind.mode & 0o044) !== 0;
    return { bytes: readAtMost(handle, most, kind.size), open };
  } finally {
    closeSync(handle);
  }
}

/** Reads to the end: the size of a pipe is not known, and a file may grow. */
function readAtMost(handle: number, most: number, size: number): Buffer {
  const chunks: Buffer[] = [];
  for (let length = 0; ; ) {
    const chunk = Buffer.allocUnsafe(Math.max(step, size + 1 - length));
    const read = readSync(handle, chunk);
    length += read;
    if (length > most) throw tooLarge(most);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
  }
}

function tooLarge(most: number): Error {
  const bound = most >= 1024 * 1024 ? `${most / 1024 / 1024} MiB` : `${most / 1024} KiB`;
  return new Error(`it has more than ${bound}: split it`);
}
