import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { RegistryError } from '../../registry-error.js';
import { type ArchiveBytes, bytesStream, fileBytes, joinBytes } from './archive-bytes.js';
import { statIfThere } from './stat-if-there.js';

/** The parts of a divided archive, as its list of checksums says. */
export interface Parts {
  /** The archive's name without `.part-001`. */
  readonly path: string;
  readonly parts: readonly { readonly path: string; readonly sha256: string }[];
}

/** Bytes of the list of parts at most: some thousand parts. */
const longestList = 1 << 20;

/** `images.tar.part-001` */
export function partPath(path: string, number: number): string {
  return `${path}.part-${String(number).padStart(3, '0')}`;
}

/** Returns the path of the parts' checksums, as `sha256sum -c` reads them. */
export function checksumPath(path: string): string {
  return `${path}.sha256`;
}

/** Finds the parts of a path that names the first one, or an archive that is only there in parts; else undefined. */
export async function partsOf(path: string): Promise<Parts | undefined> {
  const whole = /^(.+)\.part-0*1$/.exec(path)?.[1] ?? path;
  if (/\.part-[0-9]+$/.test(whole))
    throw new RegistryError('input', `${path} is a part of an archive, and not the first`, {
      hint: `name ${partPath(whole.replace(/\.part-[0-9]+$/, ''), 1)}`,
    });
  const isWhole = async () =>
    (await statIfThere(path)) !== undefined || (await statIfThere(partPath(path, 1))) === undefined;
  if (whole === path && (await isWhole())) return undefined;
  const list = checksumPath(whole);
  const lines = readList(list, path)
    .split('\n')
    .filter((line) => line !== '');
  const parts = lines.map((line, index) => {
    const [, sha256 = '', name = ''] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (name !== basename(partPath(whole, index + 1)))
      throw new RegistryError(
        'corrupt',
        `${list}: line ${index + 1} should be the checksum of ${basename(partPath(whole, index + 1))}`,
      );
    return { path: join(dirname(whole), name), sha256 };
  });
  return { path: whole, parts };
}

function readList(list: string, path: string): string {
  try {
    return readTextFile(list, { most: longestList, besides: 'none' });
  } catch (error) {
    const message = `${path} is a part of an archive, and the list of its parts can't be read: ${reasonOf(error)}`;
    throw new RegistryError('input', message, { hint: `bring ${basename(list)} along with the parts` });
  }
}

/**
 * Opens the parts as one, each read once and compared with its checksum.
 * @throws RegistryError `corrupt` naming the part, `input` when one isn't there
 */
export async function openParts({ parts }: Parts, signal: AbortSignal | undefined): Promise<ArchiveBytes> {
  const opened: ArchiveBytes[] = [];
  try {
    for (const { path, sha256 } of parts) {
      const found = await statIfThere(path);
      if (found === undefined)
        throw new RegistryError(
          'input',
          `${path} is not there: the archive has ${parts.length} parts, and all are needed`,
        );
      if (!found.isFile()) throw new RegistryError('input', `${path} is not a file`);
      const bytes = await fileBytes(path);
      opened.push(bytes);
      const hash = createHash('sha256');
      for await (const chunk of bytesStream(bytes, 0, bytes.size, path)) {
        signal?.throwIfAborted();
        hash.update(chunk);
      }
      const got = hash.digest('hex');
      if (got !== sha256)
        throw new RegistryError('corrupt', `${path} has the SHA-256 ${got}, and should have ${sha256}`, {
          hint: 'bring this part again',
        });
    }
    return joinBytes(opened);
  } catch (error) {
    await Promise.all(opened.map((bytes) => bytes.close()));
    throw error;
  }
}
