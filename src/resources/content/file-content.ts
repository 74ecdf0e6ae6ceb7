import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readFileBytes } from '../../diagnostics/read-text.js';
import { isSealed } from '../../diagnostics/secrets/sealed-text.js';

/** Size in bytes above which content is streamed to the host instead of held in memory. */
const heldUpTo = 1024 * 1024;

/** Bytes that a file is to have. */
export interface FileContent {
  /** Size in bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Undefined where it is too large to hold. */
  readonly bytes: Uint8Array | undefined;
  open(): Readable;
}

export function contentOf(data: string | Uint8Array): FileContent {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { size: bytes.length, sha256, bytes, open: () => Readable.from([bytes]) };
}

/**
 * Reads a file of the controller, in pieces where it is large.
 *
 * @throws Error where it can't be read
 */
export function contentOfFile(path: string): FileContent {
  refuseSealed(path);
  const { size } = statSync(path);
  if (size <= heldUpTo) return contentOf(readFileBytes(path, { besides: 'none' }));
  const sha256 = hashInPieces(path, createHash('sha256'));
  return { size, sha256, bytes: undefined, open: () => createReadStream(path) };
}

/**
 * Refuses a file of the controller that is encrypted: Ansible would decrypt it, and nobody wants encrypted text on a
 * host.
 *
 * @throws Error
 */
export function refuseSealed(path: string): void {
  if (isSealedFile(path)) throw new Error(`${path} is encrypted: ${insteadOfSealed}`);
}

/**
 * Tells whether a file is encrypted as a whole.
 *
 * @throws Error where it can't be read
 */
export function isSealedFile(path: string): boolean {
  const start = Buffer.alloc(32);
  const file = openRegular(path);
  try {
    return isSealed(start.subarray(0, readSync(file, start)).toString('latin1'));
  } finally {
    closeSync(file);
  }
}

/** Advice for a file that is to be sent, and is encrypted. */
export const insteadOfSealed = 'keep its text in a variable (!vault), and give that as content';

/** Opens a regular file only: a pipe would block, and a device may never end. */
function openRegular(path: string): number {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${path} is no regular file`);
}

function hashInPieces(path: string, hash: Hash): string {
  const piece = Buffer.alloc(heldUpTo);
  const file = openRegular(path);
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** Decodes bytes; undefined where they are no UTF-8 text. */
export function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
