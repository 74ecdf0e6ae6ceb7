import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Diagnostics, InputError } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { printableJson } from '../../diagnostics/printable-json.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { eventSchema, reportSchema } from '../../engine/events.js';
import { resourceKinds } from '../../resources/all.js';
import { roleCatalog } from '../../site/modules/catalog.js';
import { complainOf } from '../terminal/complain.js';
import { printLines, printText } from '../terminal/output.js';
import { inventorySchema, variableFileSchema } from './inventory-schema.js';
import { draft, fromZod, type JsonSchema } from './json-schema.js';
import { type RoleSchema, roleSchemas } from './role-schemas.js';
import { siteSchema } from './site-schema.js';

/** Names of the schemas. */
export const schemaNames = ['site', 'inventory', 'vars', 'events'] as const;
export type SchemaName = (typeof schemaNames)[number];

export interface SchemaRequest {
  readonly what?: SchemaName;
  /** With `vars`: one role's alone. */
  readonly role?: string;
  /** Folder that all of them are written into. */
  readonly write?: string;
}

/** Prints a schema, or writes all of them, and gives the exit status. */
export async function schemaAction({ what, role, write }: SchemaRequest): Promise<number> {
  try {
    const roles = await roleSchemas(roleCatalog('.'));
    if (write !== undefined) {
      makeFolder(write);
      for (const name of schemaNames) {
        const path = join(write, `${name}.schema.json`);
        writeFileSync(path, textOf(schemaOf(name, roles)));
        printLines([path]);
      }
    }
    if (what !== undefined) printText(textOf(schemaOf(what, chosen(roles, role))));
    return 0;
  } catch (error) {
    return complainOf(error, {});
  }
}

function schemaOf(name: SchemaName, roles: readonly RoleSchema[]): JsonSchema {
  switch (name) {
    case 'site':
      return siteSchema(resourceKinds, roles);
    case 'inventory':
      return inventorySchema(roles);
    case 'vars':
      return variableFileSchema(roles);
    case 'events':
      return {
        $schema: draft,
        title: 'A line of --output json',
        ...fromZod(z.union([eventSchema, reportSchema]), 'output'),
      };
  }
}

function chosen(roles: readonly RoleSchema[], name: string | undefined): readonly RoleSchema[] {
  if (name === undefined) return roles;
  const found = roles.filter(({ role }) => role.name === name);
  if (found.length > 0) return found;
  const names = roles.map(({ role }) => role.name);
  const near = nearest(name, names);
  const diagnostics = new Diagnostics();
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean "${near}"?`;
  diagnostics.add({ code: 'unknown-role', message: `there is no role "${name}"`, hint });
  diagnostics.throwIfAny();
  return [];
}

function textOf(schema: JsonSchema): string {
  return `${printableJson(schema, 2)}\n`;
}

/** @throws InputError */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new InputError([{ code: 'unwritable-file', message: `cannot make the folder ${path}: ${reasonOf(error)}` }]);
  }
}
