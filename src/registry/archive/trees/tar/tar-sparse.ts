import { Readable } from 'node:stream';
import { type ArchiveBytes, bytesStream } from '../archive-bytes.js';
import { type ArchiveLimits, isBomb } from '../limits.js';
import { readTarNumber, tarBlock } from './tar-header.js';

/** Part of a sparse file that is in the archive; between the parts are zeros. */
export interface SparsePart {
  /** Begin of the part in the file. */
  readonly at: number;
  readonly size: number;
  /** Begin of the part in the archive. */
  readonly offset: number;
}

/** Map of a sparse file: parts without their places in the archive, and where the first of them begins there. */
interface SparseMap {
  readonly parts: readonly Omit<SparsePart, 'offset'>[];
  readonly size: number;
  readonly data: number;
}

/** Most parts of one file. */
const mostParts = 100_000;

/** Bytes of the map that stands before a file's data at most: two numbers a part. */
const mostMapBytes = mostParts * 40;

/** Entry of a sparse file: its header, or its pax records, and what is stored of it behind that. */
interface StoredSparse {
  readonly header: Buffer;
  /** Undefined where the header has the map. */
  readonly records: ReadonlyMap<string, string> | undefined;
  /** Bytes that the entry says to have. */
  readonly size: number;
  /** Place behind the header. */
  readonly at: number;
}

/** Reads where the parts of a sparse file are, as GNU tar writes it, and where the next entry begins. @throws Error */
export async function readSparse(
  { header, records, size, at }: StoredSparse,
  bytes: ArchiveBytes,
  limits: ArchiveLimits,
): Promise<{ readonly size: number; readonly parts: readonly SparsePart[]; readonly end: number }> {
  const map = records === undefined ? await readGnuMap(header, bytes, at) : await readPaxMap(records, bytes, at);
  // A map in front of the data counts as part of them; one of GNU's own blocks does not.
  const begin = records === undefined ? map.data : at;
  if (begin + size > bytes.size) throw new Error('the archive ends within it');
  const parts = placeParts(map, begin + size - map.data, limits);
  return { size: map.size, parts, end: begin + Math.ceil(size / tarBlock) * tarBlock };
}

/** Reads the map of GNU tar's own format (type `S`): four parts in the header, 21 in each block behind it. */
async function readGnuMap(header: Buffer, bytes: ArchiveBytes, after: number): Promise<SparseMap> {
  const parts = partsIn(header, 386, 4);
  let data = after;
  for (let isMore = header[482] !== 0; isMore; ) {
    const block = await bytes.read(data, tarBlock);
    if (block.length < tarBlock) throw new Error('the map of a sparse file is cut');
    parts.push(...partsIn(block, 0, 21));
    if (parts.length > mostParts) throw new Error(`a sparse file of more than ${mostParts} parts`);
    data += tarBlock;
    isMore = block[504] !== 0;
  }
  return { parts, size: sizeOf(readTarNumber(header, 483, 12)), data };
}

function partsIn(block: Buffer, from: number, count: number): { at: number; size: number }[] {
  const places = Array.from({ length: count }, (_, index) => from + index * 24);
  return places
    .filter((place) => block[place] !== 0)
    .map((place) => ({
      at: sizeOf(readTarNumber(block, place, 12)),
      size: sizeOf(readTarNumber(block, place + 12, 12)),
    }));
}

/**
 * Reads the map that pax records name: version 1.0 has it before the file's data, 0.1 in a record.
 */
async function readPaxMap(
  records: ReadonlyMap<string, string>,
  bytes: ArchiveBytes,
  offset: number,
): Promise<SparseMap> {
  const numbers = (texts: readonly string[]) =>
    texts.map((text) => sizeOf(/^\d{1,16}$/.test(text) ? Number(text) : undefined));
  const written = records.get('GNU.sparse.map');
  if (written !== undefined)
    return {
      parts: paired(numbers(written.split(','))),
      size: numbers([records.get('GNU.sparse.size') ?? ''])[0] ?? 0,
      data: offset,
    };
  if (records.get('GNU.sparse.major') !== '1' || records.get('GNU.sparse.minor') !== '0')
    throw new Error("a sparse file of a format that is not read (1.0, 0.1 and GNU tar's own are)");
  const size = numbers([records.get('GNU.sparse.realsize') ?? ''])[0] ?? 0;
  const pieces: string[] = [];
  let ends = 0;
  let wanted = Number.POSITIVE_INFINITY;
  for (let at = offset; at - offset < mostMapBytes; at += tarBlock) {
    const piece = (await bytes.read(at, tarBlock)).toString('latin1');
    if (piece.length < tarBlock) break;
    pieces.push(piece);
    ends += piece.split('\n').length - 1;
    if (wanted === Number.POSITIVE_INFINITY && ends > 0)
      wanted = 2 * (numbers([pieces.join('').split('\n', 1)[0] ?? ''])[0] ?? 0);
    if (ends > wanted) {
      const lines = pieces
        .join('')
        .split('\n', wanted + 1)
        .slice(1);
      return { parts: paired(numbers(lines)), size, data: at + tarBlock };
    }
  }
  throw new Error('the map of a sparse file has no end');
}

function paired(numbers: readonly number[]): { at: number; size: number }[] {
  return Array.from({ length: Math.floor(numbers.length / 2) }, (_, index) => ({
    at: numbers[index * 2] ?? 0,
    size: numbers[index * 2 + 1] ?? 0,
  }));
}

/** Gives the parts of a map their places. @throws Error for a map that doesn't fit what is stored, or a file that is nearly all zeros */
function placeParts({ parts, size, data }: SparseMap, stored: number, limits: ArchiveLimits): SparsePart[] {
  let offset = data;
  let end = 0;
  const placed = parts.map((part): SparsePart => {
    if (part.at < end || part.at + part.size > size) throw new Error('a sparse file whose parts are not in order');
    end = part.at + part.size;
    offset += part.size;
    return { ...part, offset: offset - part.size };
  });
  if (offset - data !== stored) throw new Error('a sparse file with more or fewer bytes than its parts have');
  if (isBomb(stored, size, limits)) throw new Error(`a sparse file of ${size} bytes, of which ${stored} are not zeros`);
  return placed;
}

/** Streams a sparse file from a byte on, its zeros included. */
export function sparseStream(
  bytes: ArchiveBytes,
  { size, parts }: { readonly size: number; readonly parts: readonly SparsePart[] },
  from: number,
  name: string,
): Readable {
  return Readable.from(pieces(bytes, size, parts, from, name), { objectMode: false });
}

async function* pieces(bytes: ArchiveBytes, size: number, parts: readonly SparsePart[], from: number, name: string) {
  let at = from;
  for (const part of [...parts, { at: size, size: 0, offset: 0 }]) {
    for (; at < part.at; at += zeros.length) yield zeros.subarray(0, part.at - at);
    at = Math.max(from, Math.min(at, part.at));
    const skipped = at - part.at;
    if (skipped >= part.size) continue;
    yield* bytesStream(bytes, part.offset + skipped, part.size - skipped, name);
    at = part.at + part.size;
  }
}

const zeros = Buffer.alloc(64 * 1024);

function sizeOf(number: number | undefined): number {
  if (number === undefined || !Number.isSafeInteger(number))
    throw new Error('a sparse file whose map is not of numbers');
  return number;
}
