import type { ResourceKind } from '../../model/task.js';
import {
  asWritten,
  blockSchema,
  handlerSchema,
  importedRoleSchema,
  importRoleSchema,
  includeRoleSchema,
  includeSchema,
  metaSchema,
  taskSchema,
  tasksFileSchema,
} from '../../site/words/schemas.js';
import { asInYaml } from './as-in-yaml.js';
import { fromZod, type JsonSchema, propertiesOf, refTo, within } from './json-schema.js';

/** The definitions of tasks and of every resource that a task may name. */
export function taskDefinitions(
  kinds: readonly ResourceKind[],
  variables: JsonSchema,
  roleNames: readonly string[],
): Readonly<Record<string, JsonSchema>> {
  const resources = kinds.map(({ kind, summary, params }) => {
    const schema = within(asInYaml(fromZod(params)), kind);
    return [kind, { description: summary, ...schema }] as const;
  });
  const words = [blockSchema, includeSchema, importedRoleSchema, metaSchema, taskSchema].map(wordsOf);
  const properties = {
    ...Object.assign({}, ...words),
    ...Object.fromEntries(['block', 'rescue', 'always'].map((word) => [word, listOf('task')])),
    import_role: nameOr(wordsOf(importRoleSchema), roleNames),
    include_role: nameOr(wordsOf(includeRoleSchema), roleNames),
    import_tasks: nameOr(wordsOf(tasksFileSchema)),
    include_tasks: nameOr(wordsOf(tasksFileSchema)),
    ...Object.fromEntries(resources.map(([kind, { description }]) => [kind, { description, ...resourceWord(kind) }])),
    vars: variables,
  };
  const handlerWords = { ...properties, ...wordsOf(handlerSchema), vars: variables };
  return {
    ...Object.fromEntries(resources),
    task: { type: 'object', properties, additionalProperties: false },
    handler: { type: 'object', properties: handlerWords, additionalProperties: false },
  };
}

/** `block` is two things: a list is tasks that belong together, a map is part of a file. */
function resourceWord(kind: string): JsonSchema {
  if (kind !== 'block') return refTo(kind);
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  return { if: { type: ['array', 'null'] }, then: listOf('task'), else: refTo(kind) };
}

/** The words of a map in a site, each as it may be written: a list of one alone, too. */
export function wordsOf(schema: Parameters<typeof fromZod>[0]): Readonly<Record<string, JsonSchema>> {
  const words = Object.entries(propertiesOf(fromZod(schema))).map(([word, given]) => {
    const value = asInYaml(given);
    return [word, Array.isArray(asWritten(word, '')) ? oneOrMore(value) : value];
  });
  return Object.fromEntries(words);
}

/** A list of tasks or handlers. */
export function listOf(definition: string): JsonSchema {
  return { type: ['array', 'null'], items: refTo(definition) };
}

function oneOrMore({ description, ...list }: JsonSchema): JsonSchema {
  const { items = {} } = list;
  return { ...(description !== undefined && { description }), anyOf: [list, items, { type: 'null' }] };
}

/** A name, of those that there are or another; or a map that has it. */
function nameOr(words: Readonly<Record<string, JsonSchema>>, examples: readonly string[] = []): JsonSchema {
  const properties = 'name' in words ? { ...words, name: { type: 'string', examples } } : words;
  return { type: ['string', 'object'], examples, properties, additionalProperties: false };
}
