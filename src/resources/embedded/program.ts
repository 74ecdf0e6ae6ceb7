import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import { entriesBelow } from '../../files/entries-below.js';

/** Name of the configuration file beside the program. */
export const configName = 'config.json';

/** File of the program, by its path below the program's folder. */
interface ProgramFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Folder of the program: made by the build, which bundles src/registry/server and src/registry/supervisor into it. */
const built = fileURLToPath(
  new URL(`../../../${import.meta.url.endsWith('.ts') ? 'dist/' : ''}registry-program/`, import.meta.url),
);

/** Program of the registry, as files that any Node runs, with nothing else beside them. */
export class RegistryProgram {
  readonly files: readonly ProgramFile[];
  /** Digest of all files: another one means another version. */
  readonly version: string;

  constructor() {
    if (!existsSync(built)) throw new Error(`the registry's program is not built: ${built} does not exist`);
    this.files = [...entriesBelow(built)]
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ name: relative(built, path).split(sep).join('/'), bytes: readFileSync(path) }));
    const hash = createHash('sha256');
    for (const { name, bytes } of this.files) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
    this.version = hash.digest('hex').slice(0, 16);
  }

  /** Packs all files into a tar, with a configuration file, which only its owner may read: it may have secrets. */
  tar(config: string | undefined): Readable {
    const archive = pack();
    for (const { name, bytes } of this.files) archive.entry({ name, mode: 0o644, mtime: new Date(0) }, bytes);
    if (config !== undefined) archive.entry({ name: configName, mode: 0o600, mtime: new Date(0) }, config);
    archive.finalize();
    return Readable.from(archive);
  }
}
