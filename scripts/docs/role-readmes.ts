import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Role, roleCatalog } from '../../src/index.js';
import type { MadeDocument } from './made-document.js';
import { variablesTable } from './variables-table.js';

const marker = '<!-- variables: written by `npm run docs` from vars.ts -->';

/** Returns the README of every role of this package with its table of variables; the rest is written by hand. */
export async function roleReadmes(): Promise<readonly MadeDocument[]> {
  const roles = fileURLToPath(new URL('../../roles/', import.meta.url));
  const names = readdirSync(roles).filter((name) => existsSync(`${roles}${name}/index.ts`));
  const catalog = roleCatalog(fileURLToPath(new URL('../..', import.meta.url)));
  const documents: MadeDocument[] = [];
  // One after the other: jiti gives two importers of a module that is still loading a part of it.
  for (const name of names) {
    const role = await catalog.load(name);
    if (role === undefined) throw new Error(`there is no role ${name}`);
    const path = `${roles}${name}/README.md`;
    const found = existsSync(path) ? readFileSync(path, 'utf8') : '';
    documents.push({ path, found, wanted: withTable(found, role) });
  }
  return documents;
}

/** Returns the README with a current table: from the marker to the next heading, or at the end. */
export function withTable(readme: string, role: Role): string {
  const text = readme === '' ? `# ${role.name}\n\n${role.summary}.\n` : readme;
  const [before = '', after = ''] = text.split(marker);
  const rest = after.search(/^#/m);
  const tail = rest < 0 ? '' : `\n${after.slice(rest)}`;
  const head = text.includes(marker) ? before : `${before.trimEnd()}\n\n## Variables\n\n`;
  return `${head}${marker}\n\n${variablesTable(role)}\n${tail}`;
}
