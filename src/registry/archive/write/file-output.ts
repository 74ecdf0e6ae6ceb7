import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nameOfThisProcess } from '../../../files/process-names.js';
import { replaceFile } from '../../../files/replace-file.js';
import { checksumPath, partPath } from '../trees/parts.js';

/** A file that is there under its name only once it is whole, or its parts are. */
export interface FileOutput {
  write(bytes: Buffer): Promise<void>;
  /** Puts everything on disk and under its name. @returns the paths written */
  finish(): Promise<string[]>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

interface Piece {
  readonly path: string;
  readonly partial: string;
  readonly file: FileHandle;
  readonly hash: ReturnType<typeof createHash>;
  size: number;
}

/** Writes a file, or with `splitSize` (bytes) parts of it and the list of their checksums. What had the name is replaced at the end. */
export function fileOutput(path: string, splitSize?: number): FileOutput {
  const pieces: Piece[] = [];
  const begin = async (): Promise<Piece> => {
    const name = splitSize === undefined ? path : partPath(path, pieces.length + 1);
    const partial = nameOfThisProcess(`${name}.partial-`);
    const piece = { path: name, partial, file: await open(partial, 'w'), hash: createHash('sha256'), size: 0 };
    pieces.push(piece);
    return piece;
  };
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const last = pieces.at(-1);
        const piece = last === undefined || last.size === splitSize ? await begin() : last;
        const part = bytes.subarray(at, splitSize === undefined ? undefined : at + splitSize - piece.size);
        await piece.file.appendFile(part);
        if (splitSize !== undefined) piece.hash.update(part);
        piece.size += part.length;
        at += part.length;
        if (piece.size === splitSize) await close(piece);
      }
    },
    async finish() {
      const last = pieces.at(-1);
      if (last !== undefined && last.size !== splitSize) await close(last);
      for (const piece of pieces) await rename(piece.partial, piece.path);
      const paths = pieces.map((piece) => piece.path);
      await removeFormer(path, paths);
      if (splitSize === undefined) return paths;
      const lines = pieces.map((piece) => `${piece.hash.digest('hex')}  ${basename(piece.path)}\n`);
      await replaceFile(checksumPath(path), lines.join(''), { mode: 0o666 });
      return [...paths, checksumPath(path)];
    },
    async abandon() {
      for (const { file, partial } of pieces) {
        await file.close().catch(() => undefined); // Already closed, where it was full.
        await rm(partial, { force: true });
      }
    },
  };
}

async function close({ file }: Piece): Promise<void> {
  await file.sync();
  await file.close();
}

/** Deletes former parts, or a former whole file, which would be read instead of the new one, or with it. */
async function removeFormer(path: string, written: readonly string[]): Promise<void> {
  const base = basename(path);
  for (const name of await readdir(dirname(path))) {
    const isOurs = name === base || name === basename(checksumPath(path)) || isPartOf(base, name);
    if (isOurs && !written.some((each) => basename(each) === name)) await rm(join(dirname(path), name));
  }
}

function isPartOf(base: string, name: string): boolean {
  return name.startsWith(`${base}.part-`) && /^[0-9]+$/.test(name.slice(base.length + '.part-'.length));
}
