import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import {
  filesBelow,
  filesOfPackage,
  installedFolder,
  packagesOf,
  readPackageManifest,
  type ToolFile,
  type ToolPackage,
} from './tool-packages.js';

/** Folder of what was built. */
const built = fileURLToPath(new URL(`../../../${import.meta.url.endsWith('.ts') ? 'dist/' : ''}`, import.meta.url));
const root = join(built, '..');

/** Path of the command below the tool's folder. */
export const toolMain = 'dist/src/cli/main.js';

/** The tool that runs, with the packages that it needs, as files that Node runs on another machine without network. */
export class ToolProgram {
  readonly #files: readonly ToolFile[];
  readonly #manifest: string;
  /** Digest of all that is in it: another one means another program. */
  readonly digest: string;

  private constructor(packages: readonly ToolPackage[]) {
    const {
      scripts: _,
      devDependencies: __,
      ...manifest
    } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    this.#manifest = `${JSON.stringify(manifest, undefined, 2)}\n`;
    const own = ownFiles();
    this.#files = [...own, ...packages.flatMap(filesOfPackage)];
    const hash = createHash('sha256').update(this.#manifest);
    for (const { name, path } of own) hash.update(`${name}\0`).update(readFileSync(path));
    for (const { place, version } of packages) hash.update(`${place}@${version}\0`);
    this.digest = hash.digest('hex').slice(0, 16);
  }

  /**
   * Makes the program for a machine. What was made is kept for the next machine of its kind.
   * @param platform `linux-x64-gnu`
   * @returns why it can't be made: the database has no binary for such a machine here
   * @throws Error where the tool was not built
   */
  static for(
    platform: string,
    needsSqlite: boolean,
  ): ToolProgram | { readonly problem: string; readonly hint: string } {
    const key = `${platform} ${needsSqlite}`;
    const known = programs.get(key);
    if (known !== undefined) return known;
    if (!existsSync(join(built, 'src/cli/main.js'))) throw new Error(`the tool is not built: ${built} has no command`);
    const packages = packagesOf(root);
    const libsql = packages.find(({ name }) => name === 'libsql');
    const binary = `@libsql/${platform}`;
    const folder = libsql === undefined ? undefined : installedFolder(binary, libsql.folder);
    if (folder === undefined && needsSqlite) {
      const [os, cpu, libc] = platform.split('-');
      const libcOption = libc === 'musl' ? 'musl' : 'glibc';
      return {
        problem: `the host is of the kind ${platform}, and the controller has no ${binary} to send`,
        hint: `install it beside the tool on the controller: npm install --no-save --os=${os} --cpu=${cpu} --libc=${libcOption} ${binary}@${libsql?.version ?? 'latest'}`,
      };
    }
    const native =
      folder === undefined
        ? []
        : [{ name: binary, version: readPackageManifest(folder).version, place: `node_modules/${binary}`, folder }];
    const made = new ToolProgram([...packages, ...native]);
    programs.set(key, made);
    return made;
  }

  /** Packs all of it into a tar. */
  tar(): Readable {
    const archive = pack();
    archive.entry({ name: 'package.json', mode: 0o644, mtime: new Date(0) }, this.#manifest);
    const send = async () => {
      for (const { name, path } of this.#files) {
        const entry = { name, mode: 0o644, mtime: new Date(0) };
        await new Promise<void>((resolve, reject) => {
          archive.entry(entry, readFileSync(path), (error) => (error ? reject(error) : resolve()));
        });
      }
      archive.finalize();
    };
    send().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
    return Readable.from(archive);
  }
}

const programs = new Map<string, ToolProgram>();

/** Returns the tool's own files: what was built, without types and without what an earlier build left, and its templates. */
function ownFiles(): readonly ToolFile[] {
  const leftovers = join(built, 'chunks/.npmignore');
  const old = new Set(existsSync(leftovers) ? readFileSync(leftovers, 'utf8').split('\n') : []);
  const code = filesBelow(built).filter(
    (path) => !path.endsWith('.d.ts') && !path.endsWith('.npmignore') && !old.has(path.replace(/^chunks/, '')),
  );
  const templates = join(root, 'templates');
  return [
    { name: 'LICENSE', path: join(root, 'LICENSE') },
    ...code.map((path) => ({ name: `dist/${path}`, path: join(built, path) })),
    ...filesBelow(templates).map((path) => ({ name: `templates/${path}`, path: join(templates, path) })),
  ];
}
