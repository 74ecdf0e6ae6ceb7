import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOfThisProcess } from '../../../files/process-names.js';
import { RegistryError } from '../../registry-error.js';
import { tarBlock, tarHeader, tarPadding } from '../trees/tar/tar-header.js';
import type { FileOutput } from './file-output.js';

/** Writer of a layout's files, one after the other. Folders come before what is in them. */
export interface LayoutWriter {
  folder(path: string): Promise<void>;
  /** `size` is what it must have, in bytes. */
  file(path: string, size: number, content: AsyncIterable<Buffer>): Promise<void>;
  /** @returns the paths written */
  finish(): Promise<string[]>;
  abandon(): Promise<void>;
}

/** Writes a layout as a tar. */
export function tarWriter(output: FileOutput): LayoutWriter {
  return {
    folder: (path) => output.write(tarHeader({ name: `${path}/`, type: '5', size: 0, link: '' })),
    async file(path, size, content) {
      await output.write(tarHeader({ name: path, type: '0', size, link: '' }));
      for await (const chunk of requireSize(path, size, content)) await output.write(chunk);
      await output.write(tarPadding(size));
    },
    async finish() {
      await output.write(Buffer.alloc(2 * tarBlock));
      return output.finish();
    },
    abandon: () => output.abandon(),
  };
}

/** Writes a layout as a folder, which has its name once it is whole. */
export async function folderWriter(path: string): Promise<LayoutWriter> {
  const partial = nameOfThisProcess(`${path}.partial-`);
  await mkdir(partial);
  return {
    async folder(name) {
      await mkdir(join(partial, name));
    },
    async file(name, size, content) {
      const file = await open(join(partial, name), 'wx');
      try {
        for await (const chunk of requireSize(name, size, content)) await file.appendFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    async finish() {
      await rm(path, { recursive: true, force: true });
      await rename(partial, path);
      return [path];
    },
    abandon: () => rm(partial, { recursive: true, force: true }),
  };
}

async function* requireSize(path: string, size: number, content: AsyncIterable<Buffer>) {
  let written = 0;
  for await (const chunk of content) {
    written += chunk.length;
    if (written > size) break;
    yield chunk;
  }
  if (written !== size)
    throw new RegistryError('corrupt', `${path} came with other than the ${size} bytes that its manifest says`);
}
