import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '../../registry-error.js';
import { type ArchiveBytes, bytesStream } from './archive-bytes.js';
import { type Compression, decompressed } from './compression.js';
import { type ArchiveLimits, isBomb } from './limits.js';

/**
 * Unpacks a compressed archive into a file without a name in the system's temporary folder (TMPDIR). It is gone
 * when it is closed, or this process ends.
 * @throws RegistryError `corrupt` when it is cut or no such file; `input` when it would be larger than the limits allow;
 * `unsupported` where nothing here unpacks it
 */
export async function unpackArchive(
  packed: ArchiveBytes,
  compression: Compression,
  name: string,
  limits: ArchiveLimits,
): Promise<ArchiveBytes> {
  const path = join(tmpdir(), `provision-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    let size = 0;
    for await (const chunk of decompressed(bytesStream(packed, 0, packed.size, name), compression, name)) {
      size += chunk.length;
      if (isBomb(packed.size, size, limits) || size > limits.unpacked)
        throw new RegistryError(
          'input',
          `${name}: its ${packed.size} bytes unpack to more than ${size - chunk.length}`,
          {
            hint: `if it is meant to be so large, unpack it with ${commandOf(compression)} and give the .tar`,
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
        hint: `name a larger folder in TMPDIR, or unpack it with ${commandOf(compression)} and give the .tar`,
      });
    throw new RegistryError(
      'corrupt',
      `${name}: could not unpack its ${compression.name}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

function commandOf({ program }: Compression): string {
  return program === 'gunzip' ? program : `${program} -d`;
}
