import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { RegistryError } from '../../registry-error.js';
import { type ArchiveBytes, bytesStream } from './archive-bytes.js';
import { type ArchiveLimits, isBomb } from './limits.js';

/**
 * Unpacks a gzip-compressed archive into a file without a name in the system's temporary folder (TMPDIR). It is gone
 * when it is closed, or this process ends.
 * @throws RegistryError `corrupt` when it is cut or no gzip; `input` when it would be larger than the limits allow
 */
export async function unpackGzip(packed: ArchiveBytes, name: string, limits: ArchiveLimits): Promise<ArchiveBytes> {
  const path = join(tmpdir(), `provision-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    let size = 0;
    const source = bytesStream(packed, 0, packed.size, name);
    const gunzip = createGunzip();
    source.once('error', (error) => gunzip.destroy(error));
    for await (const chunk of source.pipe(gunzip)) {
      size += chunk.length;
      if (isBomb(packed.size, size, limits) || size > limits.unpacked)
        throw new RegistryError(
          'input',
          `${name}: its ${packed.size} bytes unpack to more than ${size - chunk.length}`,
          {
            hint: 'if it is meant to be so large, unpack it with gunzip and give the .tar',
          },
        );
      await file.appendFile(chunk);
    }
    return {
      size,
      async read(offset, length) {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    if (error instanceof RegistryError) throw error;
    if (isFull(error))
      throw new RegistryError('input', `${name}: there is no room in ${tmpdir()} to unpack it`, {
        hint: 'name a larger folder in TMPDIR, or unpack it with gunzip and give the .tar',
      });
    throw new RegistryError('corrupt', `${name}: could not unpack its gzip: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}
