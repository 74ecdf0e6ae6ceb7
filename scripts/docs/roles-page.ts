import type { Role } from '../../src/model/role.js';
import { packageRoles } from '../../src/site/modules/catalog.js';
import { code, page, table } from './markdown.js';
import { variablesTable } from './variables-table.js';

/** Returns the page of roles: what each does, and its variables. */
export async function rolesPage(): Promise<string> {
  const catalog = packageRoles();
  const known: Role[] = [];
  // One after the other: jiti gives two importers of a module that is still loading a part of it.
  for (const name of catalog.names()) {
    const role = await catalog.load(name);
    if (role !== undefined) known.push(role);
  }
  return page(
    'Roles',
    'Roles that come with the package. Each has a document of its own with examples.',
    table(
      ['role', 'summary'],
      known.map(({ name, summary }) => [`[${name}](#${name})`, summary]),
    ),
    ...known.flatMap((role) => [
      `## ${role.name}`,
      `${role.summary}. More in [roles/${role.name}/README.md](../../roles/${role.name}/README.md), and with ${code(`provision explain ${role.name}`)}.`,
      variablesTable(role),
    ]),
  );
}
