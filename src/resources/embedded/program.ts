import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';

/** A file of the program, and where it lies in its folder. */
interface ProgramFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Files of other folders that it is made of. */
const alone = [
  'registry/bounded-json.js',
  'registry/digest.js',
  'registry/media-types.js',
  'registry/names.js',
  'diagnostics/printable.js',
];

/** The registry's program as files that any Node runs, with nothing else beside them. */
export class RegistryProgram {
  readonly files: readonly ProgramFile[];
  /** Tells one version of it from another. */
  readonly version: string;

  constructor() {
    const source = fileURLToPath(new URL('../../', import.meta.url));
    const bcrypt = dirname(fileURLToPath(import.meta.resolve('bcryptjs')));
    this.files = [
      { name: 'package.json', bytes: Buffer.from('{"type":"module"}\n') },
      ...alone.map((name) => fileAt(join(source, name), name)),
      ...['registry/server', 'registry/supervisor'].flatMap((folder) => scriptsIn(join(source, folder), folder)),
      ...['index.js', 'package.json', 'LICENSE'].map((name) =>
        fileAt(join(bcrypt, name), `node_modules/bcryptjs/${name}`),
      ),
    ];
    const hash = createHash('sha256');
    for (const { name, bytes } of this.files) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
    this.version = hash.digest('hex').slice(0, 16);
  }

  /** All of it, as a tar. */
  tar(): Readable {
    const archive = pack();
    for (const { name, bytes } of this.files) archive.entry({ name, mode: 0o644, mtime: new Date(0) }, bytes);
    archive.finalize();
    return Readable.from(archive);
  }
}

function scriptsIn(folder: string, to: string): ProgramFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  if (names.length === 0) throw new Error(`the registry's program is not built: ${folder} has no scripts`);
  return names.sort().map((name) => fileAt(join(folder, name), `${to}/${name}`));
}

function fileAt(path: string, name: string): ProgramFile {
  return { name, bytes: readFileSync(path) };
}
