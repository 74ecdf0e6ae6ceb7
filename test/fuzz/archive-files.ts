import { tarBlock, tarHeader, tarPadding } from '../../src/registry/archive/trees/tar/tar-header.js';
import { type Digest, digestOf, hexOf } from '../../src/registry/digest.js';

/**
 * An archive as the fuzzer breaks it: files in order, a text each. `$N` in a text stands for the digest of file N before
 * it, and in a path `$` for its own in hexadecimal, so that what was broken within a manifest is still found by its digest.
 */
export type ArchiveFiles = readonly (readonly [path: string, text: string])[];

/** The bytes of a tar of these files. Undefined: no header can hold what was made of them. */
export function tarOf(files: unknown): Buffer | undefined {
  if (!Array.isArray(files)) return undefined;
  const digests: Digest[] = [];
  const blocks: Buffer[] = [];
  for (const file of files.slice(0, 400)) {
    if (!Array.isArray(file) || typeof file[0] !== 'string' || typeof file[1] !== 'string') return undefined;
    const bytes = Buffer.from(file[1].replace(/\$(\d+)/g, (word, number: string) => digests[Number(number)] ?? word));
    const digest = digestOf(bytes);
    digests.push(digest);
    const name = file[0].replaceAll('$', hexOf(digest));
    if (Buffer.byteLength(name) > 100) return undefined;
    blocks.push(tarHeader({ name, type: '0', size: bytes.length, link: '' }), bytes, tarPadding(bytes.length));
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * tarBlock)]);
}

/** Makes the checksums of headers right again: whatever else was broken in a header is then read. */
export function withChecksums(tar: Buffer): Buffer {
  const mended = Buffer.from(tar);
  for (let at = 0; at + tarBlock <= mended.length; at += tarBlock) {
    const block = mended.subarray(at, at + tarBlock);
    if (block.toString('latin1', 257, 262) !== 'ustar') continue;
    block.write('        ', 148, 'latin1');
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return mended;
}
