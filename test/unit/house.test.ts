import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

/*
 * The arrows of the house, as ARCHITECTURE.md draws them, against what the lint lets through. Every pair of rooms is
 * tried with a file that imports from one to the other; the lint must refuse all that isn't in this table.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'sh.ts': [],
  diagnostics: [],
  patterns: [],
  model: ['diagnostics', 'patterns', 'sh.ts'],
  vars: ['model', 'diagnostics', 'patterns', 'sh.ts'],
  inventory: ['vars', 'model', 'diagnostics', 'patterns', 'sh.ts'],
  connection: ['model', 'diagnostics', 'patterns', 'sh.ts'],
  registry: ['model', 'diagnostics', 'patterns', 'sh.ts'],
  pki: ['model', 'diagnostics', 'patterns'],
  resources: ['registry', 'pki', 'vars', 'model', 'diagnostics', 'patterns', 'sh.ts'],
  engine: ['connection', 'model', 'diagnostics', 'patterns', 'sh.ts'],
  site: ['inventory', 'vars', 'resources', 'model', 'diagnostics', 'patterns', 'sh.ts'],
  report: ['engine/events', 'model', 'diagnostics', 'patterns', 'sh.ts'],
  library: [
    'report',
    'site',
    'inventory',
    'vars',
    'engine',
    'resources',
    'connection',
    'model',
    'diagnostics',
    'patterns',
    'sh.ts',
  ],
  cli: [
    'library',
    'report',
    'site',
    'inventory',
    'vars',
    'engine',
    'resources',
    'connection',
    'registry',
    'model',
    'diagnostics',
    'patterns',
  ],
};
const rooms = Object.keys(mayImport);

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'house-'));
let refused = new Set<string>();

/** The specifier that a file of a room would write to import from another. */
function specifier(from: string, to: string): string {
  const up = from === 'sh.ts' ? './' : from === 'roles' ? '../../src/' : '../';
  return to === 'sh.ts' ? `${up}sh.js` : to.includes('/') || to === 'index' ? `${up}${to}.js` : `${up}${to}/thing.js`;
}

const cases = rooms
  .flatMap((from) => [...rooms, 'engine/events', 'index'].map((to) => ({ from, to })))
  .concat([...rooms, 'index'].map((to) => ({ from: 'roles', to })))
  .filter(({ from, to }) => from !== to && to.split('/')[0] !== from);

function fileOf(from: string, to: string): string {
  const name = `to-${to.replace('/', '-').replace('.ts', '')}.ts`;
  if (from === 'roles') return join('roles', 'sample', name);
  return from === 'sh.ts' ? join('src', `sh.ts`) : join('src', from, name);
}

function allowed(from: string, to: string): boolean {
  if (from === 'cli') return true;
  if (from === 'roles') return to === 'index';
  if (to === 'engine/events' && mayImport[from]?.includes('engine')) return true;
  return mayImport[from]?.includes(to) ?? false;
}

beforeAll(async () => {
  copyFileSync(join(checkout, 'biome.json'), join(scratch, 'biome.json'));
  const shImports: string[] = [];
  for (const { from, to } of cases) {
    if (from === 'sh.ts') {
      shImports.push(to);
      continue;
    }
    const path = join(scratch, fileOf(from, to));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import { thing } from '${specifier(from, to)}';\nconsole.log(thing);\n`);
  }
  writeFileSync(
    join(scratch, 'src', 'sh.ts'),
    shImports.map((to) => `export * from '${specifier('sh.ts', to)}';\n`).join(''),
  );
  const biome = join(checkout, 'node_modules', '.bin', 'biome');
  const { stdout } = await execa(biome, ['lint', '--reporter=github', '--max-diagnostics=none', '.'], {
    cwd: scratch,
    reject: false,
  });
  const found = stdout.matchAll(/title=lint\/style\/noRestrictedImports,file=([^,]+),line=(\d+)/g);
  refused = new Set([...found].map((match) => `${match[1]?.replace(`${scratch}/`, '')}:${match[2]}`));
}, 60_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(rooms.concat('roles'))('imports of %s go down the house only', (room) => {
  const outgoing = cases.filter(({ from }) => from === room);
  const lets = outgoing.filter(({ from, to }, index) => {
    const line = from === 'sh.ts' ? index + 1 : 1;
    return !refused.has(`${fileOf(from, to)}:${line}`);
  });
  const names = (pairs: typeof cases) => pairs.map(({ to }) => to).sort();
  expect(names(lets)).toEqual(names(outgoing.filter(({ from, to }) => allowed(from, to))));
});

test('every room of src/ has its arrows', () => {
  const entries = readdirSync(join(checkout, 'src'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  expect(folders.filter((folder) => !rooms.includes(folder))).toEqual([]);
});

test('the licence named in package.json is the one in LICENSE', () => {
  expect(JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).license).toBe('Apache-2.0');
  expect(readFileSync(join(checkout, 'LICENSE'), 'utf8')).toMatch(/Apache License\s+Version 2\.0, January 2004/);
});
