import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { loadInventory } from '../../inventory/load.js';
import { resourceKinds } from '../../resources/all.js';
import { wordGroups } from '../../site/explained/all-words.js';
import { helperVariables, helperWords } from '../../site/explained/helper-words.js';
import { resourceExamples } from '../../site/explained/resource-examples.js';
import { loadSite } from '../../site/load.js';
import { roleCatalog } from '../../site/modules/catalog.js';
import { renderValue } from '../../vars/template/template.js';
import { helpers } from '../../vars/template/template-helpers.js';

const folder = mkdtempSync(join(tmpdir(), 'examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Inventory and files that the examples speak of. */
const around = {
  'inventory.yaml':
    'all: {children: {registries: {hosts: {r1: {}}}}, vars: {engine: docker, puller_password: x}, hosts: {balancer1: {}}}',
  'docker.yaml': '- package: {name: docker.io}',
  'files/tool-1.2.tar.gz': '',
};
mkdirSync(join(folder, 'files'));
for (const [name, text] of Object.entries(around)) writeFileSync(join(folder, name), text);

const indented = (text: string, by: number) => text.replace(/^/gm, ' '.repeat(by));

/** An example as a whole site: it is a play, words of a play, a handler, or tasks. */
function siteOf(example: string, at: readonly string[]): string {
  if (example.startsWith('- hosts')) return example;
  if (!example.startsWith('- ')) return `- hosts: all\n${indented(example, 2)}`;
  return `- hosts: all\n  ${at.includes('handler') ? 'handlers' : 'tasks'}:\n${indented(example, 4)}`;
}

const examples = wordGroups.flatMap(([, words]) =>
  Object.entries(words).flatMap(([word, { at, example }]) =>
    example === undefined ? [] : [[word, siteOf(example, at)] as const],
  ),
);

examples.push(...Object.entries(resourceExamples).map(([kind, example]) => [kind, siteOf(example, [])] as const));

test('every kind of resource has an example, and every helper', () => {
  expect(Object.keys(resourceExamples).sort()).toEqual(resourceKinds.map(({ kind }) => kind).sort());
  expect(Object.keys(helperWords)).toEqual([...helpers.keys()]);
});

test.each(Object.entries(helperWords))('the example of %s gives what it says', (_name, { example, gives }) => {
  expect(renderValue(`{{${example}}}`, helperVariables)).toEqual(gives);
});

test.each(examples)('the example of %s can be run as it is', async (_word, text) => {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, text);
  const diagnostics = new Diagnostics();
  await loadSite(
    {
      file,
      inventory: loadInventory([join(folder, 'inventory.yaml')], diagnostics),
      extraVars: new Map(),
      catalog: roleCatalog(folder),
      kinds: resourceKinds,
      flags: { force: false, sync: undefined, check: false },
      overrides: {},
    },
    diagnostics,
  );
  expect(diagnostics.all.map(({ message, hint, place }) => `${place?.line}: ${message} (${hint})`)).toEqual([]);
});
