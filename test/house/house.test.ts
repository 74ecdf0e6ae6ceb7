import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lintOverrides, readHouse, withHouse } from '../../scripts/house.js';

/*
 * The imports that house.json allows, against what the lint lets through: every pair of rooms is tried with a file that
 * imports from one to the other.
 */
const house = readHouse();
const mayImport: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(house.rooms).map(([name, { imports }]) => [
    name,
    imports.map((each) => each.replace(/\/(.*)\.ts$/, '/$1')),
  ]),
);
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

test('biome.json and ARCHITECTURE.md say what house.json says', () => {
  const lint: { overrides: unknown } = JSON.parse(readFileSync(join(checkout, 'biome.json'), 'utf8'));
  expect(lint.overrides, 'npm run house').toEqual(lintOverrides(house));
  const page = readFileSync(join(checkout, 'ARCHITECTURE.md'), 'utf8');
  expect(withHouse(page, house), 'npm run house').toBe(page);
});

test('every folder of src/ is a room of house.json, and so is every folder of a room', () => {
  expect(foldersOf('src').sort()).toEqual(rooms.filter((name) => !name.endsWith('.ts')).sort());
  for (const [name, room] of Object.entries(house.rooms)) {
    if (name.endsWith('.ts')) continue;
    expect(foldersOf(join('src', name)).sort(), name).toEqual(Object.keys(room.rooms).sort());
  }
});

test('imports within a room go to rooms that are listed later', () => {
  const upward = Object.entries(house.rooms).flatMap(([name, { rooms }]) => {
    const order = Object.keys(rooms);
    const place = (path: string) => order.indexOf(relative(join(checkout, 'src', name), path).split(sep)[0] ?? '');
    return order.flatMap((inner, at) =>
      codeIn(join('src', name, inner)).flatMap((path) =>
        importsOf(path)
          .filter((to) => place(to) >= 0 && place(to) < at)
          .map((to) => `${relative(checkout, path)} -> ${relative(checkout, to)}`),
      ),
    );
  });
  expect(upward).toEqual([]);
});

test('no folder holds more than some fifteen files of code', () => {
  const full = ['src', 'roles', 'web'].flatMap((top) =>
    readdirSync(join(checkout, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((folder) => readdirSync(folder).filter(isCode).length > 15),
  );
  expect(full.map((folder) => relative(checkout, folder))).toEqual([]);
});

function foldersOf(path: string): string[] {
  const entries = readdirSync(join(checkout, path), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function isCode(name: string): boolean {
  return /\.tsx?$/.test(name) && !name.endsWith('.test.ts');
}

function codeIn(path: string): string[] {
  const names = readdirSync(join(checkout, path), { recursive: true, encoding: 'utf8' });
  return names.filter(isCode).map((name) => join(checkout, path, name));
}

function importsOf(path: string): string[] {
  const found = readFileSync(path, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g);
  return [...found].map(([, to = '']) => join(dirname(path), to));
}

test('the licence named in package.json is the one in LICENSE', () => {
  expect(JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).license).toBe('Apache-2.0');
  expect(readFileSync(join(checkout, 'LICENSE'), 'utf8')).toMatch(/Apache License\s+Version 2\.0, January 2004/);
});
