import { dirname, resolve } from 'node:path';
import { readYaml } from '../../diagnostics/yaml/yaml-file.js';
import type { Inventory } from '../../inventory/load.js';
import { selectHosts } from '../../inventory/patterns.js';
import { isMap, yamlTypeName } from '../../vars/template/template-value.js';
import { mergeTables, type VariableTable } from '../../vars/variables.js';
import type { Path, PlayBlueprint } from '../blueprint/blueprint.js';
import { inherit, noWords } from '../words/inherited-words.js';
import { asWritten, type PlayWords, playSchema } from '../words/schemas.js';
import { type ReadContext, readWords, siteVariables } from './read-context.js';
import { readEntries, readHandlers } from './read-entries.js';
import { readRoles } from './read-role.js';

/** Reads one play of a site. What is wrong in it is reported; what can be read is checked further. */
export async function readPlay(
  value: unknown,
  index: number,
  inventory: Inventory,
  limit: string | undefined,
  context: ReadContext,
): Promise<PlayBlueprint | undefined> {
  const { source, diagnostics } = context;
  const path: Path = [index];
  const play = readWords(playSchema, value, path, context) ?? salvage(value);
  if (play === undefined) return undefined;
  const place = source.placeOf([index, 'hosts'], 'value');
  const selection = { place, ...(limit === undefined ? {} : { limit }) };
  // A play without `hosts` has been reported.
  const hosts = play.hosts.length === 0 ? [] : selectHosts(play.hosts, inventory, selection, diagnostics);
  const words = inherit(noWords, play);
  const at = (key: string): Path => [...path, key];
  const preTasks = await readEntries(play.pre_tasks ?? [], at('pre_tasks'), words, context);
  const roles = await readRoles(play.roles ?? [], at('roles'), words, context);
  const tasks = await readEntries(play.tasks ?? [], at('tasks'), words, context);
  const postTasks = await readEntries(play.post_tasks ?? [], at('post_tasks'), words, context);
  return {
    name: play.name ?? play.hosts.join(','),
    source,
    place: source.placeOf(path, 'value'),
    hosts,
    words,
    vars: mergeTables(...readVarsFiles(play, path, context), siteVariables(play.vars ?? {}, source, at('vars'))),
    serial: (play.serial ?? []).map((size) => batchSize(size, hosts.length)),
    maxFailPercentage: play.max_fail_percentage,
    anyErrorsFatal: play.any_errors_fatal ?? false,
    gatherFacts: play.gather_facts ?? true,
    connection: play.connection,
    sections: [preTasks, [...roles, ...tasks], postTasks],
    handlers: readHandlers(play.handlers ?? [], at('handlers'), words, context),
  };
}

/**
 * Reads what can be read of a play that has errors among its words, so that errors of its tasks are reported as well.
 */
function salvage(value: unknown): PlayWords | undefined {
  if (!isMap(value)) return undefined;
  const read: Record<string, unknown> = { hosts: [] };
  for (const [key, entry] of Object.entries(value)) {
    const schema = Object.hasOwn(playSchema.shape, key) ? Reflect.get(playSchema.shape, key) : undefined;
    const result = schema?.safeParse(asWritten(key, entry));
    if (result?.success) read[key] = result.data;
  }
  return playSchema.safeParse(read).data;
}

/** Reads `vars_files`, which `vars` come over; later files win. */
function readVarsFiles(play: PlayWords, path: Path, context: ReadContext): readonly VariableTable[] {
  const tables: VariableTable[] = [];
  for (const [index, name] of (play.vars_files ?? []).entries()) {
    const file = readVarsFile(resolve(dirname(context.source.file), name), [...path, 'vars_files', index], context);
    if (file === undefined) context.lacks.variables = true;
    else tables.push(file);
  }
  return tables;
}

function readVarsFile(file: string, path: Path, context: ReadContext): VariableTable | undefined {
  const { source, diagnostics, vault } = context;
  const before = diagnostics.all.length;
  const yaml = readYaml(file, diagnostics, vault);
  if (yaml === undefined) {
    // Said where the file is named, unless it says itself where it is wrong.
    for (const [index, diagnostic] of diagnostics.all.entries()) {
      if (index >= before && diagnostic.place === undefined) {
        diagnostics.all[index] = { ...diagnostic, place: source.placeOf(path, 'value') };
      }
    }
    return undefined;
  }
  if (yaml.value === null || yaml.value === undefined) return new Map();
  if (isMap(yaml.value)) return siteVariables(yaml.value, yaml, []);
  const message = `expected names with their values, got ${yamlTypeName(yaml.value)}`;
  diagnostics.add({ code: 'wrong-type', message, place: yaml.placeOf([], 'value') });
  return undefined;
}

function batchSize(size: number | string, hosts: number): number {
  if (typeof size === 'number') return size;
  const number = Number.parseInt(size, 10);
  return size.endsWith('%') ? Math.max(1, Math.floor((hosts * number) / 100)) : number;
}
