import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { packageRoot } from '../../files/package-root.js';

/** Request for a page, as the page's own build takes it (`web/src/server.tsx`). */
export interface PageRequest {
  readonly url: string;
  readonly transport: (request: {
    readonly method: string;
    readonly path: string;
  }) => Promise<{ readonly status: number; readonly text: string; readonly etag: string }>;
  readonly language: string | undefined;
  readonly acceptedLanguages: string;
  readonly theme: string | undefined;
  readonly script: string;
  readonly styles: readonly string[];
  /** Returns the addresses of the files that a part of the page is in, by its source: `src/messages/de.ts`. */
  readonly filesOf: (source: string) => readonly string[];
}

/** File that pages load, as it is sent. */
export interface WebFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
}

/** Build of `web/`: the maker of pages, and what browsers load. */
export interface WebBuild {
  readonly makePage: (request: PageRequest) => Promise<{ readonly status: number; readonly html: string }>;
  readonly script: string;
  readonly styles: readonly string[];
  readonly filesOf: (source: string) => readonly string[];
  /** Files by name. Names change with the content. */
  readonly files: ReadonlyMap<string, WebFile>;
}

/** Path below which files of pages are. */
export const assetPath = '/assets/';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

let built: Promise<WebBuild> | undefined;

/** Reads what was built, once. @throws Error where `npm run build` did not run */
export function webBuild(): Promise<WebBuild> {
  built ??= readWebBuild(join(packageRoot, 'dist/web'));
  built.catch(() => {
    built = undefined;
  });
  return built;
}

interface ManifestEntry {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly css?: readonly string[];
  /** Keys of the files that it imports. */
  readonly imports?: readonly string[];
}

async function readWebBuild(folder: string): Promise<WebBuild> {
  const client = join(folder, 'client');
  const manifest = JSON.parse(await readFile(join(client, 'manifest.json'), 'utf8')) as Record<string, ManifestEntry>;
  const entry = Object.values(manifest).find(({ isEntry }) => isEntry === true);
  if (entry === undefined) throw new Error(`${client} has no page`);
  const files = new Map<string, WebFile>();
  for (const name of await readdir(client)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const plain = await readFile(join(client, name));
    files.set(name, { type, plain, packed: gzipSync(plain, { level: 9 }) });
  }
  const { makePage } = (await import(pathToFileURL(join(folder, 'server/server.js')).href)) as Pick<
    WebBuild,
    'makePage'
  >;
  return {
    makePage,
    files,
    filesOf: (source) => [...filesBehind(source, manifest)].map((name) => `${assetPath}${name}`),
    script: `${assetPath}${entry.file}`,
    styles: (entry.css ?? []).map((name) => `${assetPath}${name}`),
  };
}

/** Returns the files of a source, and of all that it imports. */
function filesBehind(
  source: string,
  manifest: Readonly<Record<string, ManifestEntry>>,
  found = new Set<string>(),
): ReadonlySet<string> {
  const entry = manifest[source];
  if (entry === undefined || entry.isEntry === true || found.has(entry.file)) return found;
  found.add(entry.file);
  for (const each of entry.imports ?? []) filesBehind(each, manifest, found);
  return found;
}
