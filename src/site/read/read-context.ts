import type { z } from 'zod';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import type { YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import type { ResourceKind } from '../../model/task.js';
import { isMap } from '../../vars/template/template-value.js';
import type { Variable, VariableTable } from '../../vars/variables.js';
import type { Path } from '../blueprint/blueprint.js';
import type { RoleCatalog } from '../modules/catalog.js';
import { asWritten } from '../words/schemas.js';
import { insteadOf } from './unsupported.js';

/** Context of reading a site, at every level. */
export interface ReadContext {
  readonly source: YamlSource;
  readonly kinds: readonly ResourceKind[];
  readonly catalog: RoleCatalog;
  readonly diagnostics: Diagnostics;
  /** Set once a file of variables could not be read: its names are missing, which is no error of its own. */
  readonly lacks: { variables: boolean };
  /** Warnings, for the beginning of a run. */
  readonly warnings: Set<string>;
  readonly vault: YamlVault | undefined;
  /** Files that are being read, the site first: each stands for a task of the one before. */
  readonly chain: readonly string[];
  /** Counts how many files of tasks may still be read: each of ten names ten others, and there is no end. */
  readonly files: { left: number };
  /** Variables that are handed down to what is read. */
  readonly vars: VariableTable;
  /** Names registered so far; replaced, never changed, when one is added. */
  registered: ReadonlySet<string>;
}

/**
 * Checks the keys and values of a map. Keys of Ansible that mean nothing here are reported with what to do instead, and
 * ignored; the rest must fit the schema.
 *
 * @param ignored keys that are checked elsewhere
 */
export function readWords<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  path: Path,
  context: ReadContext,
  ignored: readonly string[] = [],
): z.output<Schema> | undefined {
  if (!isMap(value)) {
    checkShape(schema, value, context.source, path, context.diagnostics);
    return undefined;
  }
  const known = Object.keys(schema.shape);
  const words: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (ignored.includes(key) || entry === undefined) continue;
    if (known.includes(key)) words[key] = asWritten(key, entry);
    else reportKey(key, [...path, key], [...known, ...ignored], context);
  }
  return checkShape(schema, words, context.source, path, context.diagnostics);
}

/** Reports a key that means nothing here. */
export function reportKey(
  key: string,
  path: Path,
  candidates: readonly string[],
  context: ReadContext,
  hint?: string,
): void {
  const place = context.source.placeOf(path, 'key');
  const kinds = context.kinds.map(({ kind }) => kind);
  const instead = hint === undefined ? insteadOf(key, kinds) : undefined;
  if (instead !== undefined) {
    context.diagnostics.add({ code: 'unsupported-key', message: `"${key}" is not used here`, place, hint: instead });
    return;
  }
  const near = nearest(key, candidates);
  const meant = near === undefined ? undefined : `did you mean "${near}"?`;
  context.diagnostics.add({ code: 'unknown-key', message: `unknown key "${key}"`, place, hint: hint ?? meant });
}

/** Returns variables written in a site, each with its place. */
export function siteVariables(
  values: Readonly<Record<string, unknown>>,
  source: YamlSource,
  path: Path,
): VariableTable {
  const entries = Object.entries(values).map(([name, value]): [string, Variable] => [
    name,
    { value, place: source.placeOf([...path, name], 'value'), layer: 'play', from: source.file },
  ]);
  return new Map(entries);
}
