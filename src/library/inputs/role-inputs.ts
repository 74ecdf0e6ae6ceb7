import { z } from 'zod';
import { holdsSecrets } from '../../model/marks/secret.js';
import { roleCatalog } from '../../site/modules/catalog.js';

/** Inputs of a role, as its schema has them. */
export interface RoleInputs {
  readonly name: string;
  readonly summary: string;
  /** JSON Schema (2020-12) of its variables: types, defaults, descriptions. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Names of variables that are secrets, or have some in them. */
  readonly secrets: readonly string[];
}

/** Returns the inputs of roles that a site can name. One that can't be loaded is left out: a run says why. @param folder that of the site */
export async function roleInputs(folder: string, names: readonly string[]): Promise<RoleInputs[]> {
  const catalog = roleCatalog(folder);
  const found: RoleInputs[] = [];
  for (const name of names) {
    const role = await catalog.load(name);
    if (role === undefined) continue;
    const { $schema: _, ...variables } = z.toJSONSchema(role.vars, { io: 'input', unrepresentable: 'any' });
    const secrets = Object.entries(role.vars.shape).flatMap(([key, schema]) => (holdsSecrets(schema) ? [key] : []));
    found.push({ name: role.name, summary: role.summary, variables, secrets });
  }
  return found;
}
