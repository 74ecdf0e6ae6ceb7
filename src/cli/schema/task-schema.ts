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

/** Returns the definitions of tasks and of every resource that a task may name. */
export function taskDefinitions(
  kinds: readonly ResourceKind[],
  variables: JsonSchema,
  roleNames: readonly string[],
): Readonly<Record<string, JsonSchema>> {
  const resources = kinds.map(({ kind, summary, params }) => {
    const schema = within(asInYaml(fromZod(params)), kind);
    return [kind, { description: summary, ...schema }] as const;
  });
  const words = [blockSchema, includeSchema, importedRoleSchema, metaSchema, taskSchema].map(wordSchemas);
  const properties = {
    ...Object.assign({}, ...words),
    ...Object.fromEntries(['block', 'rescue', 'always'].map((word) => [word, listOf('task')])),
    import_role: nameOr(wordSchemas(importRoleSchema), roleNames),
    include_role: nameOr(wordSchemas(includeRoleSchema), roleNames),
    import_tasks: nameOr(wordSchemas(tasksFileSchema)),
    include_tasks: nameOr(wordSchemas(tasksFileSchema)),
    ...Object.fromEntries(resources.map(([kind, { description }]) => [kind, { description, ...resourceWord(kind) }])),
    vars: variables,
  };
  const handlerWords = { ...properties, ...wordSchemas(handlerSchema), vars: variables };
  return {
    ...Object.fromEntries(resources),
    task: { type: 'object', properties, additionalProperties: false },
    handler: { type: 'object', properties: handlerWords, additionalProperties: false },
  };
}

/**
 * Returns the schema of a resource as a word of a task. `block` is two things: a list is tasks that belong together, a
 * map is part of a file.
 */
function resourceWord(kind: string): JsonSchema {
  if (kind !== 'block') return refTo(kind);
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  return { if: { type: ['array', 'null'] }, then: listOf('task'), else: refTo(kind) };
}

/** Returns the words of a map in a site, each as it may be written: a list of one alone, too. */
export function wordSchemas(schema: Parameters<typeof fromZod>[0]): Readonly<Record<string, JsonSchema>> {
  const words = Object.entries(propertiesOf(fromZod(schema))).map(([word, given]) => {
    const value = asInYaml(given);
    return [word, Array.isArray(asWritten(word, '')) ? oneOrMore(value) : value];
  });
  return Object.fromEntries(words);
}

/** Returns the schema of a list of tasks or handlers. */
export function listOf(definition: string): JsonSchema {
  return { type: ['array', 'null'], items: refTo(definition) };
}

function oneOrMore({ description, ...list }: JsonSchema): JsonSchema {
  const { items = {} } = list;
  return { ...(description !== undefined && { description }), anyOf: [list, items, { type: 'null' }] };
}

/** Returns the schema of a name, of those that there are or another; or of a map that has it. */
function nameOr(words: Readonly<Record<string, JsonSchema>>, examples: readonly string[] = []): JsonSchema {
  const properties = 'name' in words ? { ...words, name: { type: 'string', examples } } : words;
  return { type: ['string', 'object'], examples, properties, additionalProperties: false };
}
