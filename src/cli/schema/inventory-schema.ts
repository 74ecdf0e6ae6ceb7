import { refused, type SettingName, spellings } from '../../inventory/settings/setting-names.js';
import { settingSchemas } from '../../inventory/settings/setting-schemas.js';
import { asInYaml } from './as-in-yaml.js';
import { draft, fromZod, type JsonSchema, propertiesOf, refTo } from './json-schema.js';
import { anyVariables, type RoleSchema, roleDefinitions } from './role-schemas.js';

/** Returns the schema of an inventory in YAML: groups, and hosts with how they are reached and what the roles take. */
export function inventorySchema(roles: readonly RoleSchema[]): JsonSchema {
  const named = (definition: string) => ({
    type: ['object', 'string', 'null'],
    additionalProperties: refTo(definition),
  });
  const priority = {
    type: ['integer', 'string'],
    pattern: '^-?\\d+$',
    description: 'Which of two groups of one depth wins: the higher',
  };
  return {
    $schema: draft,
    title: 'An inventory: groups of hosts',
    type: ['object', 'null'],
    additionalProperties: refTo('group'),
    properties: { all: refTo('group'), ungrouped: refTo('group') },
    definitions: {
      group: {
        type: ['object', 'null'],
        properties: {
          hosts: { description: 'Hosts; names may hold ranges: `node[01:20]`', ...named('variables') },
          children: { description: 'Groups whose hosts are this one’s too', ...named('group') },
          vars: {
            description: 'Variables of all its hosts',
            allOf: [refTo('variables'), { properties: { ansible_group_priority: priority } }],
          },
        },
        additionalProperties: false,
      },
      variables: hostVariables(roles, (name) => [name, ...spellings[name]]),
      ...roleDefinitions(roles),
    },
  };
}

/** Returns the schema of a file in `group_vars/` or `host_vars/`, where bare words such as `port` are variables like others. */
export function variableFileSchema(roles: readonly RoleSchema[]): JsonSchema {
  const definitions = roleDefinitions(roles);
  return {
    $schema: draft,
    title: 'Variables of hosts, and of the roles',
    ...hostVariables(roles, (name) => spellings[name]),
    definitions,
  };
}

/**
 * Settings of hosts, and the variables of roles; others may stand beside them.
 *
 * @param namesOf spellings of a setting that count in this file
 */
function hostVariables(roles: readonly RoleSchema[], namesOf: (name: SettingName) => readonly string[]): JsonSchema {
  const settings = (Object.keys(spellings) as SettingName[]).flatMap((name) => {
    const json = asInYaml(fromZod(settingSchemas[name]));
    return namesOf(name).map((each) => [each, json]);
  });
  const never = Object.entries(refused).map(([name, { hint, harmless }]) => {
    const description = `Not supported: ${hint}`;
    return [name, harmless === undefined ? { description, not: {} } : { description, enum: harmless }];
  });
  const properties = { ...propertiesOf(anyVariables(roles)), ...Object.fromEntries([...settings, ...never]) };
  return { type: ['object', 'null'], properties };
}
