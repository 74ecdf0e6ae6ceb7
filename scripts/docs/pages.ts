import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environmentPage } from './environment-page.js';
import { eventsPage } from './events-page.js';
import { factsPage } from './facts-page.js';
import { helpersPage } from './helpers-page.js';
import type { MadeDocument } from './made-document.js';
import { openApiText } from './openapi.js';
import { optionsPage } from './options-page.js';
import { registryConfigPage } from './registry-config-page.js';
import { resourcesPage } from './resources-page.js';
import { roleReadmes } from './role-readmes.js';
import { rolesPage } from './roles-page.js';

const reference = fileURLToPath(new URL('../../docs/reference/', import.meta.url));

/** Returns all documents that are made from the code: the pages of docs/reference, the description of the API, and the READMEs of roles. */
export async function madeDocuments(): Promise<readonly MadeDocument[]> {
  const pages = {
    resources: resourcesPage(),
    roles: await rolesPage(),
    helpers: helpersPage(),
    facts: factsPage(),
    events: eventsPage(),
    environment: environmentPage(),
    options: await optionsPage(),
    'registry-config': registryConfigPage(),
  };
  const found = Object.entries(pages).map(([name, wanted]) => {
    const path = `${reference}${name}.md`;
    return { path, found: textOf(path), wanted };
  });
  const openApi = `${reference}openapi.json`;
  const api = { path: openApi, found: textOf(openApi), wanted: await openApiText() };
  return [...found, api, ...(await roleReadmes())];
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
