/**
 * Part of the content that a Range header asks for; the whole for a header that is not understood; `beyond` for bytes
 * that are not there.
 */
export type ByteRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly length: number }
  | { readonly kind: 'beyond' };

/**
 * Reads `Range: bytes=a-b`, `a-` or `-n` (RFC 9110, 14.2) for content of `size` bytes; several ranges are sent as the
 * whole. One that ends before it begins is refused, as the conformance suite wants it.
 */
export function byteRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? { kind: 'beyond' } : { kind: 'part', start: size - length, length };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start >= size || end < start ? { kind: 'beyond' } : { kind: 'part', start, length: end - start + 1 };
}

/** Reads the `Content-Range: a-b` of a chunk (distribution-spec end-5; without "bytes", which some clients write all the same). */
export function chunkRange(header: string): { readonly start: number; readonly length: number } | undefined {
  const match = /^(?:bytes[ =])?(\d+)-(\d+)(?:\/.*)?$/.exec(header.trim());
  const [, start, end] = match ?? [];
  if (start === undefined || end === undefined || Number(end) + 1 < Number(start)) return undefined;
  return { start: Number(start), length: Number(end) - Number(start) + 1 };
}

/** Returns true where an If-None-Match names this digest, quoted or as docker writes it, bare. */
export function matchesEtag(header: string | undefined, digest: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => {
    const bare = tag
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return bare === digest || bare === '*';
  });
}
