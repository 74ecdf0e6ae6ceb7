import { RegistryError } from '../../../registry-error.js';
import type { ArchiveBytes } from '../archive-bytes.js';
import { entryPath, linkTarget } from '../entry-path.js';
import type { ArchiveLimits } from '../limits.js';
import { readPaxRecords, readTarHeader, type TarHeader, tarBlock } from './tar-header.js';
import { readSparse, type SparsePart } from './tar-sparse.js';

/** Place of an entry's content, or the entry that a link points at. */
export type TarEntry =
  | { readonly kind: 'file'; readonly offset: number; readonly size: number; readonly parts?: readonly SparsePart[] }
  | { readonly kind: 'link'; readonly to: string };

/** Names and link targets longer than a header holds, and sizes, as given by the records before it. */
interface EntryOverrides {
  name?: string | undefined;
  link?: string | undefined;
  size?: number | undefined;
  /** Records of a sparse file. */
  sparse?: ReadonlyMap<string, string> | undefined;
}

/** Bytes of long names and pax records before an entry. */
const mostRecordBytes = 1024 * 1024;

/**
 * Reads the headers of a tar (POSIX ustar, GNU, pax), passing over the content: path → where it is. The last of several
 * entries of one name counts, as when unpacking.
 * @throws RegistryError `corrupt` naming archive and entry: names and links that leave the archive, devices, sizes beyond
 * its end, an end that is missing; `input` for too many entries
 */
export async function indexTar(
  bytes: ArchiveBytes,
  archive: string,
  limits: ArchiveLimits,
): Promise<Map<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  let overrides: EntryOverrides = {};
  let read = 0;
  for (let at = 0; ; ) {
    const block = await bytes.read(at, tarBlock);
    if (block.length < tarBlock)
      throw corrupt(archive, `it ends at byte ${at + block.length} without a tar's end mark`, cut);
    const header = orCorrupt(archive, `at byte ${at}`, () => readTarHeader(block));
    if (header === undefined) return entries;
    at += tarBlock;
    const size = isRecord(header.type) ? header.size : (overrides.size ?? header.size);
    const name = overrides.name ?? header.name;
    if (at + size > bytes.size)
      throw corrupt(
        archive,
        `entry ${quote(name)} should have ${size} bytes, and the archive ends after ${bytes.size - at} of them`,
        cut,
      );
    read += 1;
    const isSparse = header.type === 'S' || (overrides.sparse !== undefined && header.type === '0');
    if (read > limits.entries)
      throw new RegistryError('input', `${archive} has more than ${limits.entries} entries: it is not read`);
    if (isRecord(header.type)) {
      if (size > mostRecordBytes) throw corrupt(archive, `${size} bytes of records before an entry at byte ${at}`);
      const content = await bytes.read(at, size);
      overrides = orCorrupt(archive, `at byte ${at}`, () => applyRecord(overrides, header.type, content));
    } else if (isSparse) {
      const records = header.type === 'S' ? undefined : overrides.sparse;
      const named = records?.get('GNU.sparse.name') ?? name;
      const path = orCorrupt(archive, `entry ${quote(named)}`, () => entryPath(named));
      const stored = { header: block, records, size, at };
      const file = await readSparse(stored, bytes, limits).catch((error: Error) => {
        throw corrupt(archive, `entry ${quote(named)}: ${error.message}`);
      });
      entries.set(path, { kind: 'file', offset: at, size: file.size, parts: file.parts });
      overrides = {};
      at = file.end;
      continue;
    } else if (!passedOver.includes(header.type)) {
      const path = orCorrupt(archive, `entry ${quote(name)}`, () => entryPath(name));
      const entry = orCorrupt(archive, `entry ${quote(name)}`, () =>
        entryOf(path, { ...header, size, link: overrides.link ?? header.link }, at),
      );
      if (entry !== undefined) entries.set(path, entry);
      if (entry?.kind === 'file') await bytes.file?.(path, at, size);
      overrides = {};
    } else overrides = {};
    at += Math.ceil(size / tarBlock) * tarBlock;
  }
}

/** `V`: the name of a whole archive; `D`: names of a folder that an incremental archive has. */
const passedOver = 'VD';

const cut = 'it was cut, on its way or on a full disk: fetch it again';

/** `x`, `g`: pax; `L`, `K`: GNU's long name and link. */
function isRecord(type: string): boolean {
  return 'xgLK'.includes(type);
}

function applyRecord(overrides: EntryOverrides, type: string, content: Buffer): EntryOverrides {
  const text = () => content.toString('utf8').replace(/(?<!\0)\0+$/, '');
  if (type === 'L') return { ...overrides, name: text() };
  if (type === 'K') return { ...overrides, link: text() };
  const records = readPaxRecords(content);
  const isSparse = [...records.keys()].some((key) => key.startsWith('GNU.sparse.'));
  const size = records.get('size');
  if (size !== undefined && !(/^[0-9]{1,16}$/.test(size) && Number.isSafeInteger(Number(size))))
    throw new Error(`a pax record with a size of ${JSON.stringify(size)}`);
  if (type === 'g') {
    if (size !== undefined || records.has('path') || records.has('linkpath'))
      throw new Error('a global pax record with a name or a size');
    return overrides;
  }
  return {
    name: records.get('path') ?? overrides.name,
    link: records.get('linkpath') ?? overrides.link,
    size: size === undefined ? overrides.size : Number(size),
    sparse: isSparse ? records : overrides.sparse,
  };
}

function entryOf(path: string, { type, size, link }: TarHeader, offset: number): TarEntry | undefined {
  if (type === '0' && path !== '') return { kind: 'file', offset, size };
  if (type !== '0' && size > 0) throw new Error(`it says to have ${size} bytes, and is no file`);
  switch (type) {
    case '1':
      return { kind: 'link', to: linkTarget('', link) };
    case '2':
      return { kind: 'link', to: linkTarget(path, link) };
    case '5':
      return undefined;
    case '0':
      throw new Error('it is a file without a name');
    case '3':
    case '4':
      throw new Error('it is a device');
    case '6':
      throw new Error('it is a named pipe');
    default:
      throw new Error(`it is of type ${quote(type)}, which is not read`);
  }
}

function orCorrupt<T>(archive: string, where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw corrupt(archive, `${where}: ${(error as Error).message}`);
  }
}

function corrupt(archive: string, why: string, hint?: string): RegistryError {
  return new RegistryError('corrupt', `${archive}: ${why}`, { hint });
}

function quote(name: string): string {
  return JSON.stringify(name);
}
