import { InputError } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import type { Role } from '../../model/role.js';
import type { RoleCatalog } from '../../site/modules/catalog.js';
import { asInYaml } from './as-in-yaml.js';
import { fromZod, type JsonSchema, propertiesOf, refTo, within } from './json-schema.js';

/** A role with the schema of its variables. */
export interface RoleSchema {
  readonly role: Role;
  readonly schema: JsonSchema;
}

/** Loads the roles of a catalogue, with their variables' schemas. @throws InputError where one cannot be loaded */
export async function roleSchemas(catalog: RoleCatalog): Promise<readonly RoleSchema[]> {
  const schemas: RoleSchema[] = [];
  for (const name of catalog.names()) {
    const role = await loadRole(name, catalog);
    if (role !== undefined) schemas.push({ role, schema: variablesSchema(role) });
  }
  return schemas;
}

async function loadRole(name: string, catalog: RoleCatalog): Promise<Role | undefined> {
  try {
    return await catalog.load(name);
  } catch (error) {
    const message = `the role ${name} cannot be loaded: ${reasonOf(error)}`;
    throw new InputError([{ code: 'broken-role', message, hint: 'correct it, or remove it from roles/' }]);
  }
}

/** Returns the schema of a role's variables. None of them is required. */
export function variablesSchema(role: Role): JsonSchema {
  const { required: _, additionalProperties: __, ...schema } = asInYaml(fromZod(role.vars));
  return { description: `${role.summary}: variables of the role ${role.name}`, ...schema, type: 'object' };
}

/** Returns the definitions of all roles' variables, each under the name of its role. */
export function roleDefinitions(roles: readonly RoleSchema[]): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(roles.map(({ role, schema }) => [definitionOf(role), within(schema, definitionOf(role))]));
}

/** Returns the schema of the variables of all roles. A variable of several roles may have any of their types. */
export function anyVariables(roles: readonly RoleSchema[]): JsonSchema {
  const found = new Map<string, JsonSchema[]>();
  for (const { role, schema } of roles)
    for (const name of Object.keys(propertiesOf(schema)))
      found.set(name, [...(found.get(name) ?? []), refTo(`${definitionOf(role)}/properties/${name}`)]);
  const properties = [...found].map(([name, [only = {}, ...more]]) => [
    name,
    more.length === 0 ? only : { anyOf: [only, ...more] },
  ]);
  return { type: ['object', 'null'], properties: Object.fromEntries(properties) };
}

/** Returns the schema of variables beside a role's name: those of that role. */
export function ownVariables({ role, schema }: RoleSchema): JsonSchema {
  const names = Object.keys(propertiesOf(schema));
  const properties = names.map((name) => [name, refTo(`${definitionOf(role)}/properties/${name}`)]);
  return { type: ['object', 'null'], properties: Object.fromEntries(properties), additionalProperties: false };
}

function definitionOf(role: Role): string {
  return `role ${role.name}`;
}
