import { spawn } from 'node:child_process';
import { pipeline, type Readable } from 'node:stream';
import zlib from 'node:zlib';
import { RegistryError } from '../../registry-error.js';

/** A way in which an archive is compressed. */
export interface Compression {
  readonly name: string;
  /** Program that unpacks it, also for the user. */
  readonly program: string;
  /** Decompressor of Node, where it has one. */
  readonly ownStream?: (() => NodeJS.ReadWriteStream) | undefined;
}

// Node has it from 22.15 on, and 23.8.
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream };

const compressions: readonly (Compression & { readonly magic: string })[] = [
  { magic: '1f8b', name: 'gzip', program: 'gunzip', ownStream: zlib.createGunzip },
  { magic: '28b52ffd', name: 'zstd', program: 'zstd', ownStream: createZstdDecompress },
  { magic: 'fd377a585a00', name: 'xz', program: 'xz' },
  { magic: '425a68', name: 'bzip2', program: 'bzip2' },
  { magic: '04224d18', name: 'lz4', program: 'lz4' },
];

/** Bytes of an archive by which {@link compressionOf} tells. */
export const longestMagic = 6;

/** Returns how an archive is compressed, by its first bytes; undefined: it isn't. */
export function compressionOf(start: Buffer): Compression | undefined {
  return compressions.find(({ magic }) => start.toString('hex').startsWith(magic));
}

/** Characters of a program's messages that are kept. */
const mostMessages = 2000;

/**
 * Unpacks a stream: by Node, or by the program that made such a file. To give it up ends both.
 * @throws RegistryError `unsupported` where there is no such program; Error when it is cut or none
 */
export async function* decompressed(packed: Readable, compression: Compression, name: string): AsyncGenerator<Buffer> {
  const { ownStream, program } = compression;
  if (ownStream !== undefined) {
    const unpacking = ownStream();
    pipeline(packed, unpacking, () => {}); // An error comes out of what is read.
    for await (const chunk of unpacking) yield Buffer.from(chunk);
    return;
  }
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let messages = '';
  child.stderr.on('data', (text: Buffer) => {
    messages = (messages + text.toString('utf8')).slice(-mostMessages);
  });
  let lost: Error | undefined;
  const ended = new Promise<number | null>((done, fail) => {
    child.once('error', (error: NodeJS.ErrnoException) => fail(missing(error, compression, name)));
    child.once('close', done);
  });
  ended.catch(() => {}); // Thrown below, once its output has ended.
  pipeline(packed, child.stdin, (error) => {
    if (error instanceof RegistryError) lost = error; // Else the program ended early, and says itself why.
  });
  try {
    for await (const chunk of child.stdout) yield Buffer.from(chunk);
    const status = await ended;
    if (lost !== undefined) throw lost;
    if (status !== 0) throw new Error(messages.trim().split('\n').at(-1) || `${program} ended with status ${status}`);
  } finally {
    packed.destroy();
    child.kill('SIGKILL');
  }
}

function missing(error: NodeJS.ErrnoException, { name: kind, program }: Compression, name: string): Error {
  if (error.code !== 'ENOENT') return error;
  return new RegistryError('unsupported', `${name} is compressed with ${kind}, and ${program} is not installed here`, {
    hint: `install ${program}, or unpack it elsewhere with ${program} -d and give the .tar`,
    cause: error,
  });
}
