import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { checkout, dist } from './places.js';

const entry = 'src/index.d.ts';

/**
 * Compiles the types of the library: of what index.ts exports, and of what those need. Returns their names below dist.
 * @throws Error when the sources do not compile
 */
export async function compileTypes(): Promise<readonly string[]> {
  const folder = join(checkout, 'node_modules/.cache/registry-provision/types');
  await execa('tsc', ['-p', 'tsconfig.build.json', '--outDir', folder], {
    cwd: checkout,
    preferLocal: true,
    stdio: 'inherit',
  });
  const reached = new Map<string, string>();
  reach(join(folder, entry), reached);
  return [...reached].map(([file, text]) => {
    const name = relative(folder, file);
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    writeFileSync(join(dist, name), text);
    return name;
  });
}

function reach(file: string, reached: Map<string, string>): void {
  if (reached.has(file)) return;
  const text = readFileSync(file, 'utf8');
  reached.set(file, text);
  for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g))
    reach(join(dirname(file), path.replace(/\.js$/, '.d.ts')), reached);
}
