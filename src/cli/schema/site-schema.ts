import type { ResourceKind } from '../../model/task.js';
import { playSchema, roleEntrySchema } from '../../site/words/schemas.js';
import { draft, type JsonSchema, refTo } from './json-schema.js';
import { anyVariables, ownVariables, type RoleSchema, roleDefinitions } from './role-schemas.js';
import { listOf, taskDefinitions, wordSchemas } from './task-schema.js';

/** Returns the schema of a site: plays, with all resources and roles that there are. */
export function siteSchema(kinds: readonly ResourceKind[], roles: readonly RoleSchema[]): JsonSchema {
  const names = roles.map(({ role }) => role.name);
  const variables = { description: 'Variables; those of the roles are known', ...anyVariables(roles) };
  const tasks = ['pre_tasks', 'tasks', 'post_tasks'].map((word) => [word, listOf('task')]);
  const play = {
    type: 'object',
    properties: {
      ...wordSchemas(playSchema),
      ...Object.fromEntries(tasks),
      handlers: listOf('handler'),
      roles: { type: ['array', 'string', 'null'], items: refTo('role') },
      vars: variables,
    },
    required: ['hosts'],
    additionalProperties: false,
  };
  return {
    $schema: draft,
    title: 'A site: plays over the hosts of an inventory',
    type: 'array',
    minItems: 1,
    items: play,
    definitions: {
      role: roleEntry(roles, names),
      ...taskDefinitions(kinds, variables, names),
      ...roleDefinitions(roles),
    },
  };
}

/** Returns the schema of a role with what it is given: of each role that is known, only variables that it has. */
function roleEntry(roles: readonly RoleSchema[], names: readonly string[]): JsonSchema {
  const name = { type: 'string', examples: names };
  return {
    type: ['string', 'object'],
    examples: names,
    properties: { ...wordSchemas(roleEntrySchema), role: name, name, vars: { type: ['object', 'null'] } },
    additionalProperties: false,
    allOf: roles.map((each) => ({
      if: { properties: { role: { const: each.role.name } }, required: ['role'] },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
      then: { properties: { vars: ownVariables(each) } },
    })),
  };
}
