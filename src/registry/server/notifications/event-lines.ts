import { open } from 'node:fs/promises';
import { unlessMissing } from '../storage/files.js';

/** Splits bytes into lines; what comes behind the last line end is none yet. */
export function wholeLines(bytes: Buffer, most: number): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; lines.length < most; ) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) break;
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

/** Reads a part of a file; nothing where it isn't there. */
export async function readPart(path: string, from: number, most: number): Promise<Buffer> {
  const file = await unlessMissing(open(path, 'r'));
  if (file === undefined) return Buffer.alloc(0);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(most), 0, most, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
