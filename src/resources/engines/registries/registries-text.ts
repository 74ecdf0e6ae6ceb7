import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'smol-toml';
import { z } from 'zod';
import type { EditedText } from '../../content/edit-line.js';
import { readToml, sameToml } from '../../files/toml-text.js';
import { conflictIn, tableError } from './registries-rules.js';

const mirrorTable = z.looseObject({ location: z.string().optional() });

/** Registry as containers-registries.conf(5) has it; unknown keys stay as they are. */
const registryTable = z.looseObject({
  prefix: z.string().optional(),
  location: z.string().optional(),
  mirror: z.array(mirrorTable).optional(),
});

const registriesDocument = z.looseObject({ registry: z.array(registryTable).default([]) });

export type RegistryTable = z.output<typeof registryTable>;
type MirrorTable = z.output<typeof mirrorTable>;

/** Wanted registries and settings of a file, beside those that it has. */
export interface WantedRegistries {
  /** Keys of the whole: `unqualified-search-registries`, `short-name-mode`. */
  readonly settings: Readonly<Record<string, string | string[]>>;
  readonly registries: readonly RegistryTable[];
}

/**
 * Adds missing registries and settings to a text; a text without an edit says why that can't be done. An existing
 * registry gets the keys and mirrors that it has not; a key with another value counts as overwriting.
 */
export function mergeRegistries(text: string, wanted: WantedRegistries): EditedText | string {
  const before = documentIn(text);
  if (typeof before === 'string') return before;
  const { settings, registries } = wanted;
  // podman reads nothing at all beside such a table, so that nothing is overwritten with it.
  const refused = before.registry.filter((table) => tableError(table) !== undefined);
  const merged = mergeTables(
    before.registry.filter((table) => !refused.includes(table)),
    registries,
  );
  const conflict = conflictIn(merged.tables);
  if (conflict !== undefined) {
    return `: ${conflict.location} would be there twice, with and without ${conflict.setting}: podman refuses that`;
  }
  const after = { ...before, ...settings, registry: merged.tables };
  const setKeys = Object.keys(settings).filter((key) => !isDeepStrictEqual(before[key], settings[key]));
  const newKeys = setKeys.filter((key) => before[key] === undefined);
  const added = [...newKeys, ...merged.added];
  const replaced = [...setKeys.filter((key) => !newKeys.includes(key)), ...merged.replaced];
  if (added.length + replaced.length + refused.length === 0) return { text, summary: '', overwrites: false };

  const mended = refused.length === 0 ? text : withoutTables(text, (table) => tableError(table) !== undefined);
  const edited = putRegistries(putSettings(mended, settings, setKeys), merged);
  if (!sameToml(documentIn(edited), after)) {
    return `: ${[...replaced, ...added].join(', ')} cannot be added, as the file is written in an unusual way`;
  }
  const words = { added, replaced, 'removed, as podman refuses it:': refused.map(prefixOf) };
  const summary = Object.entries(words).flatMap(([word, names]) =>
    names.length ? [`${word} ${names.join(', ')}`] : [],
  );
  const overwrites = merged.overwrites || setKeys.length > newKeys.length;
  return { text: edited, summary: summary.join('; '), overwrites };
}

/** Entry of a file of registries: a registry, or one of its mirrors. */
export interface RegistryEntry {
  /** The prefix of its table. */
  readonly registry: string;
  /** Undefined for the whole table. */
  readonly mirror?: string | undefined;
}

/** Returns the entries of tables, with their names. */
export function registryEntries(tables: readonly RegistryTable[]): (RegistryEntry & { readonly name: string })[] {
  return tables.flatMap((table) => {
    const registry = prefixOf(table);
    const mirrors = (table.mirror ?? []).map(({ location: mirror = '' }) => ({
      registry,
      mirror,
      name: `registry ${registry} mirror ${mirror}`,
    }));
    return [{ registry, name: `registry ${registry}` }, ...mirrors];
  });
}

/** Returns the text without an entry, and otherwise as it was; a text is the error. */
export function withoutRegistryEntry(text: string, { registry, mirror }: RegistryEntry): EditedText | string {
  const before = documentIn(text);
  if (typeof before === 'string') return before;
  const isMeant = (table: RegistryTable) => prefixOf(table) === registry;
  const isMirror = ({ location }: MirrorTable) => location === mirror;
  const found = before.registry.filter(isMeant);
  const isThere = mirror === undefined ? found.length > 0 : found.some((table) => table.mirror?.some(isMirror));
  if (!isThere) return { text, summary: '', overwrites: false };
  const left = before.registry.flatMap((table): RegistryTable[] => {
    if (!isMeant(table)) return [table];
    if (mirror === undefined) return [];
    const { mirror: mirrors = [], ...rest } = table;
    const others = mirrors.filter((each) => !isMirror(each));
    return [others.length === 0 ? rest : { ...rest, mirror: others }];
  });
  const edited =
    mirror === undefined
      ? withoutTables(text, isMeant)
      : putRegistries(text, { tables: left, added: [], replaced: [registry], overwrites: false });
  if (!sameToml(documentIn(edited), { ...before, registry: left })) {
    return `: ${mirror ?? registry} cannot be removed, as the file is written in an unusual way`;
  }
  return { text: edited, summary: 'removed', overwrites: false };
}

/** Returns the prefix that a table is about. */
export function prefixOf({ prefix, location }: RegistryTable): string {
  return prefix ?? location ?? '';
}

/** Reads a file of registries; a text is the error, beginning with the place. */
export function documentIn(text: string): z.output<typeof registriesDocument> | string {
  const read = readToml(text);
  if (typeof read === 'string') return read;
  const parsed = registriesDocument.safeParse(read);
  return parsed.success ? parsed.data : ': its [[registry]] tables are not those of version 2 of the format';
}

interface Merged {
  readonly tables: readonly RegistryTable[];
  readonly added: readonly string[];
  readonly replaced: readonly string[];
  readonly overwrites: boolean;
}

function mergeTables(present: readonly RegistryTable[], wanted: readonly RegistryTable[]): Merged {
  const tables = [...present];
  const added: string[] = [];
  const replaced: string[] = [];
  let overwrites = false;
  for (const table of wanted) {
    const name = prefixOf(table);
    const at = tables.findIndex((each) => prefixOf(each) === name);
    const known = tables[at];
    if (known === undefined) {
      tables.push(table);
      added.push(name);
      continue;
    }
    const before = known.mirror ?? [];
    const mirrors = mergeMirrors(before, table.mirror ?? []);
    const merged = { ...known, ...table, ...(mirrors.length > 0 ? { mirror: mirrors } : {}) };
    if (isDeepStrictEqual(merged, known)) continue;
    tables[at] = merged;
    replaced.push(name);
    const left = mirrors.filter(({ location }) => before.some((mirror) => mirror.location === location));
    overwrites ||= loses(known, merged) || before.some((mirror, index) => loses(mirror, left[index]));
  }
  return { tables, added, replaced, overwrites };
}

/** Merges mirrors, which are asked in their order: wanted ones come in the wanted order, and others stay where they are. */
function mergeMirrors(present: readonly MirrorTable[], wanted: readonly MirrorTable[]): MirrorTable[] {
  const isIn = (mirrors: readonly MirrorTable[], { location }: MirrorTable) =>
    mirrors.some((each) => each.location === location);
  const known = wanted.filter((mirror) => isIn(present, mirror));
  const merged = present.map((mirror) => {
    const next = isIn(wanted, mirror) ? known.shift() : undefined;
    return next === undefined ? mirror : { ...present.find(({ location }) => location === next.location), ...next };
  });
  for (const [index, mirror] of wanted.entries()) {
    if (isIn(present, mirror)) continue;
    const behind = merged.findIndex((each) => isIn(wanted.slice(index + 1), each));
    merged.splice(behind < 0 ? merged.length : behind, 0, mirror);
  }
  return merged;
}

/** Tells whether a key of a table has lost its value. */
function loses(before: RegistryTable | MirrorTable, after: RegistryTable | MirrorTable | undefined): boolean {
  return Object.entries(before).some(([key, value]) => key !== 'mirror' && after?.[key] !== value);
}

/** Start of a table; a piece holds the tables below it, and the lines up to the next. */
const tableStart = /^(?=[ \t]*\[(?!\[[ \t]*registry[ \t]*\.))/m;

/** Returns the blank lines and comments that a table ends with, which may belong to the next. */
function linesBehind(piece: string): string {
  let end = piece.length;
  for (let at = piece.lastIndexOf('\n'); at >= 0 && /^[ \t]*(?:#|$)/.test(piece.slice(at + 1, end)); ) {
    end = at;
    at = at === 0 ? -1 : piece.lastIndexOf('\n', at - 1);
  }
  return piece.slice(end);
}

/** Removes tables of registries, with the tables below them. */
function withoutTables(text: string, isGone: (table: RegistryTable) => boolean): string {
  return text
    .split(tableStart)
    .filter((piece) => {
      const found = documentIn(piece);
      const [registry] = typeof found === 'string' ? [] : found.registry;
      return registry === undefined || !isGone(registry);
    })
    .join('');
}

function putRegistries(text: string, { tables, added, replaced }: Merged): string {
  const pieces = text.split(tableStart).map((piece) => {
    const found = documentIn(piece);
    const [registry] = typeof found === 'string' ? [] : found.registry;
    if (registry === undefined || !replaced.includes(prefixOf(registry))) return piece;
    const table = tables.find((each) => prefixOf(each) === prefixOf(registry));
    return stringify({ registry: [table] }).trimEnd() + linesBehind(piece);
  });
  const blocks = tables
    .filter((table) => added.includes(prefixOf(table)))
    .map((table) => `${stringify({ registry: [table] }).trimEnd()}\n`);
  if (blocks.length === 0) return pieces.join('');
  return [pieces.join('').replace(/([^\n])$/, '$1\n'), ...blocks].join('\n');
}

/** Puts settings into the text, ahead of all tables. */
function putSettings(text: string, settings: WantedRegistries['settings'], keys: readonly string[]): string {
  const at = text.search(/^[ \t]*\[/m);
  let head = at < 0 ? text : text.slice(0, at);
  for (const key of keys) {
    const line = `${key} = ${JSON.stringify(settings[key])}\n`;
    const there = new RegExp(`^[ \\t]*${key}[ \\t]*=.*\\n`, 'm');
    head = there.test(head) ? head.replace(there, () => line) : `${head.replace(/([^\n])$/, '$1\n')}${line}`;
  }
  return head + (at < 0 ? '' : text.slice(at));
}
