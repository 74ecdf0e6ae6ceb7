import { createCipheriv, createHash } from 'node:crypto';

type Entry = { path: string; bytes: Uint8Array; mode: number } | { path: string; link: string };

/** A tar archive (ustar) with nothing in it that changes from build to build. Parents come as entries of their own. */
export function tar(entries: Entry[]): Buffer {
  const directories = [...new Set(entries.flatMap(({ path }) => parentsOf(path)))].sort();
  const blocks = directories.map((path) => header(path, { type: '5', mode: 0o755, size: 0, link: '' }));
  for (const entry of entries) {
    if ('link' in entry) blocks.push(header(entry.path, { type: '2', mode: 0o777, size: 0, link: entry.link }));
    else
      blocks.push(
        header(entry.path, { type: '0', mode: entry.mode, size: entry.bytes.length, link: '' }),
        padded(entry.bytes),
      );
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Bytes that don't compress, the same ones for the same seed. */
export function noise(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

function header(
  path: string,
  { type, mode, size, link }: { type: string; mode: number; size: number; link: string },
): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, '0');
  block.write(path, 0, 100);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.fill(' ', 148, 156);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)}\u0000 `, 148);
  return block;
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}
