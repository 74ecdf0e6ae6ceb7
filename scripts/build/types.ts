import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { checkout, dist } from './places.js';

const entries = ['src/index.d.ts', 'src/service-client/connect.d.ts'];

/*
 * Compiles the types of the library into dist: of what index.ts and the client of a service export, and of what
 * those need. Packages have them; the
 * checkout runs without, so that a newcomer's first command need not wait for the compiler. `npm run build:types`.
 */
const folder = join(checkout, 'node_modules/.cache/registry-provision/types');
const options = { cwd: checkout, preferLocal: true, stdio: 'inherit' } as const;
// Types are checked by `npm run check`; here they are only written.
await execa('tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', folder], options);
const reached = new Map<string, string>();
for (const entry of entries) reach(join(folder, entry), reached);
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' }))
  if (name.endsWith('.d.ts') && !reached.has(join(folder, name))) rmSync(join(dist, name));
for (const [file, text] of reached) {
  const target = join(dist, relative(folder, file));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

function reach(file: string, reached: Map<string, string>): void {
  if (reached.has(file)) return;
  const text = readFileSync(file, 'utf8');
  reached.set(file, text);
  for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g))
    reach(join(dirname(file), path.replace(/\.js$/, '.d.ts')), reached);
}
