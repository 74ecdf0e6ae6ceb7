import { resolve } from 'node:path';
import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import { parseYaml, readYaml, type YamlSource } from '../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../diagnostics/yaml/yaml-vault.js';

/** The layers of variables, weakest first. */
export type Layer = 'role default' | 'all' | 'group' | 'host' | 'play' | 'extra';

/** A variable and where it came from. Its value may still be a template. */
export interface Variable {
  readonly value: unknown;
  readonly layer: Layer;
  /** Source in words: `group web`, `-e`. */
  readonly from: string;
  readonly place?: Place;
  /** Set where an inventory itself says it: bare words such as `port` are settings of a host there, and nowhere else. */
  readonly isOfInventory?: true;
  /** A number as it was written, where leading zeros and the like are in it as they were (INI). */
  readonly written?: string;
}

export type VariableTable = ReadonlyMap<string, Variable>;

/** Merges tables; later ones win. */
export function mergeTables(...tables: readonly VariableTable[]): VariableTable {
  return new Map(tables.flatMap((table) => [...table]));
}

/** Returns the variables of a map in a YAML file. */
export function tableOf(
  value: object,
  source: YamlSource,
  path: readonly (string | number)[],
  layer: Layer,
  from: string,
): VariableTable {
  return new Map(
    Object.entries(value).map(([name, each]) => [
      name,
      { value: each, layer, from, place: source.placeOf([...path, name]) },
    ]),
  );
}

/** Reads the arguments of `-e`: `k=v k2=v2`, a map in JSON or YAML, or `@file`. */
export function parseExtraVars(args: readonly string[], diagnostics: Diagnostics, vault?: YamlVault): VariableTable {
  return mergeTables(...args.map((arg) => parseExtra(arg, diagnostics, vault)));
}

function parseExtra(arg: string, diagnostics: Diagnostics, vault: YamlVault | undefined): VariableTable {
  if (arg.startsWith('@')) {
    const source = readYaml(resolve(arg.slice(1)), diagnostics, vault);
    return source === undefined ? new Map() : mapOf(source, arg, diagnostics);
  }
  if (/^\s*\{(?!\{)/.test(arg)) {
    const source = parseYaml('-e', arg, diagnostics, vault);
    return source === undefined ? new Map() : mapOf(source, arg, diagnostics);
  }
  const pairs = [...arg.matchAll(/([A-Za-z_]\w*)=("[^"]*"|'[^']*'|(?:\{\{.*?\}\}|\S)*)/g)];
  const rest = pairs.reduce((text, [pair]) => text.replace(pair, ''), arg).trim();
  if (pairs.length === 0 || rest !== '') {
    diagnostics.add({
      code: 'extra-vars',
      message: `-e ${arg}: cannot read ${JSON.stringify(rest || arg)}`,
      hint: 'write -e name=value, -e \'{"name": …}\' or -e @file',
    });
    return new Map();
  }
  return new Map(
    pairs.map(([, name = '', text = '']) => [
      name,
      { value: text.replace(/^(["'])(.*)\1$/s, '$2'), layer: 'extra', from: '-e' },
    ]),
  );
}

function mapOf(source: YamlSource, arg: string, diagnostics: Diagnostics): VariableTable {
  const { value } = source;
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return tableOf(value, source, [], 'extra', `-e ${arg}`);
  diagnostics.add({ code: 'extra-vars', message: `-e ${arg}: expected a map of variables`, place: source.placeOf([]) });
  return new Map();
}
