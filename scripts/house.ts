/*
 * Writes what house.json says of the rooms and their imports to where it is needed: `npm run house` updates the lint's
 * overrides in biome.json, and the tree, the picture and the table in ARCHITECTURE.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';

const roomSchema = z.strictObject({
  /** Content of the room, one line. */
  holds: z.string(),
  /** Rooms, or single files of rooms, that its files may import. */
  imports: z.array(z.string()),
  /** Rooms within it, from top to bottom: imports go down. */
  rooms: z.record(z.string(), z.string()).default({}),
});
const houseSchema = z.strictObject({
  rooms: z.record(z.string(), roomSchema),
  roles: roomSchema.omit({ rooms: true }),
});

/** Rooms of the source and the imports that each is allowed. */
export type House = z.output<typeof houseSchema>;

const checkout = new URL('../', import.meta.url);
const document = 'ARCHITECTURE.md';

/** Reads house.json. */
export function readHouse(): House {
  return houseSchema.parse(JSON.parse(readFileSync(new URL('house.json', checkout), 'utf8')));
}

/** Returns the overrides of biome.json that refuse every import which house.json does not allow. */
export function lintOverrides(house: House): unknown[] {
  const all = Object.keys(house.rooms);
  const rooms = Object.entries(house.rooms).map(([name, { imports }]) => {
    if (name === 'sh.ts') {
      return override(['src/sh.ts'], ['./**', '../**'], 'src/sh.ts imports nothing of the house.');
    }
    const files = imports.filter((each) => each.includes('/'));
    const refused = all.filter((other) => other !== name && !imports.includes(other)).map(importPattern);
    const group = [
      ...refused,
      '**/roles/**',
      ...indexes,
      ...files.map((file) => `!**/${file.replace(/\.ts$/, '.js')}`),
    ];
    const allowed = imports.length === 0 ? 'nothing of the house' : imports.join(', ');
    return override([`src/${name}/**`, '!**/*.test.ts'], group, `src/${name}/ may import ${allowed}.`);
  });
  const roles = override(
    ['roles/**', '!**/*.test.ts'],
    ['**/src/**', '!**/src/index.js'],
    'Roles import src/index.js only, as roles of users do.',
  );
  return [...rooms, roles];
}

const indexes = ['../index.js', '../../index.js', '../../../index.js', '../../../../index.js'];

function importPattern(room: string): string {
  return room.endsWith('.ts') ? `**/${room.replace(/\.ts$/, '.js')}` : `**/${room}/**`;
}

function override(includes: readonly string[], group: readonly string[], message: string) {
  const options = { patterns: [{ group, message: `${message} See house.json.` }] };
  return { includes, linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } } };
}

/** Returns the tree of rooms, two levels deep, one line each. */
export function roomTree(house: House): string {
  const line = (indent: string, name: string, holds: string) => `${indent}${name.padEnd(20 - indent.length)}${holds}`;
  const rooms = Object.entries(house.rooms).flatMap(([name, { holds, rooms }]) => [
    line('  ', name.endsWith('.ts') ? name : `${name}/`, holds),
    ...Object.entries(rooms).map(([inner, holds]) => line('    ', `${inner}/`, holds)),
  ]);
  const index = line('  ', 'index.ts', 'the exports for authors of roles and programs');
  return ['```text', 'src/', ...rooms, index, line('', 'roles/<name>/', house.roles.holds), '```'].join('\n');
}

/** Returns the rooms and their imports as a diagram of mermaid; arrows that follow from others are left out. */
export function picture(house: House): string {
  const id = (name: string) => name.replace(/\W/g, '_');
  const boxes = Object.entries(house.rooms).flatMap(([name, { rooms }]) => {
    const inner = Object.keys(rooms);
    if (inner.length === 0) return [`  ${id(name)}["${name}"]`];
    const nodes = inner.map((each) => `    ${id(`${name}_${each}`)}["${each}"]`);
    const stacked = inner.map((each) => id(`${name}_${each}`)).join(' ~~~ ');
    return [`  subgraph ${id(name)}["${name}"]`, ...nodes, ...(inner.length > 1 ? [`    ${stacked}`] : []), '  end'];
  });
  const arrows = Object.keys(house.rooms).flatMap((name) =>
    directImports(house, name).map((to) => `  ${id(name)} --> ${id(to)}`),
  );
  return ['```mermaid', 'flowchart TD', ...boxes, ...arrows, '```'].join('\n');
}

/** Returns the imports of a room without those that it reaches through others. */
function directImports(house: House, name: string): string[] {
  const of = (room: string) => (house.rooms[room]?.imports ?? []).map((each) => each.split('/')[0] ?? each);
  const below = (room: string): Set<string> => new Set(of(room).flatMap((each) => [each, ...below(each)]));
  const all = of(name);
  return all.filter((each) => !all.some((other) => other !== each && below(other).has(each)));
}

/** Returns the table of allowed imports. */
export function importTable(house: House): string {
  const row = (name: string, imports: readonly string[]) => `| ${name} | ${imports.join(', ') || 'nothing'} |`;
  const rows = Object.entries(house.rooms).map(([name, { imports }]) => row(name, imports));
  return ['| files of | may import |', '| --- | --- |', ...rows, row('roles', house.roles.imports)].join('\n');
}

/** Returns a text with the part between two markers replaced. */
export function withHouse(text: string, house: House): string {
  const parts: Readonly<Record<string, string>> = {
    tree: roomTree(house),
    picture: picture(house),
    imports: importTable(house),
  };
  return Object.entries(parts).reduce((text, [name, content]) => {
    const begin = `<!-- ${name}: made from house.json by \`npm run house\` -->`;
    const end = `<!-- end of ${name} -->`;
    const [before, after] = [text.indexOf(begin), text.indexOf(end)];
    if (before < 0 || after < before) throw new Error(`${document} has no "${begin}" … "${end}"`);
    return `${text.slice(0, before + begin.length)}\n\n${content}\n\n${text.slice(after)}`;
  }, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const house = readHouse();
  const lint = new URL('biome.json', checkout);
  const settings = { ...JSON.parse(readFileSync(lint, 'utf8')), overrides: lintOverrides(house) };
  writeFileSync(lint, JSON.stringify(settings, null, 2));
  const architecture = new URL(document, checkout);
  writeFileSync(architecture, withHouse(readFileSync(architecture, 'utf8'), house));
  await execa('biome', ['format', '--write', 'biome.json'], { cwd: fileURLToPath(checkout), preferLocal: true });
}
