import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupNamed } from '../../src/cli/inventory/find.js';
import { inventoryGraph } from '../../src/cli/inventory/graph.js';
import { inventoryList } from '../../src/cli/inventory/list.js';
import { SealedValue } from '../../src/cli/inventory/sealed-value.js';
import { jsonText } from '../../src/cli/inventory/variables-text.js';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { loadInventory } from '../../src/inventory/load.js';
import { Keyring } from '../../src/vars/vault/keyring.js';
import { yamlVault } from '../../src/vars/vault/yaml-vault.js';
import { type Answer, ansibleAnswers, ansibleIsThere } from './ansible-answers.js';
import { type InventoryCase, same } from './inventories/same.js';

/* `provision inventory` says what `ansible-inventory` says of the same files. */

const required = process.env.PROVISION_REQUIRE_LAB === '1';
if (!ansibleIsThere) console.warn('ansible-inventory is not installed (ansible-core): it is not compared with');

const folder = mkdtempSync(join(tmpdir(), 'ansible-inventory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, { files }: InventoryCase): string {
  const cwd = join(folder, name.replaceAll(/\W+/g, '-'));
  mkdirSync(cwd, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return cwd;
}

function ours(cwd: string, sources: readonly string[]) {
  const diagnostics = new Diagnostics();
  const vault = yamlVault(new Keyring([]), () => {});
  const inventory = loadInventory(
    sources.map((source) => (source.includes(',') ? source : join(cwd, source))),
    diagnostics,
    { ...vault, keepSealed: (sealed) => new SealedValue(sealed) },
    cwd,
  );
  return { diagnostics, inventory };
}

describe.skipIf(!ansibleIsThere && !required)('beside ansible-inventory', () => {
  const theirs = new Map<string, Answer>();

  beforeAll(async () => {
    const questions = Object.entries(same).flatMap(([name, each]) => {
      const cwd = write(name, each);
      const sources = each.sources.flatMap((source) => ['-i', source]);
      const graph = each.bare ? ['--graph'] : ['--graph', '--vars'];
      return [['--list'], graph].map((asked) => ({ name, asked, question: { cwd, args: [...sources, ...asked] } }));
    });
    const answers = await ansibleAnswers(
      questions.map(({ question }) => question),
      folder,
    );
    for (const [index, { name, asked }] of questions.entries()) {
      const answer = answers[index];
      if (answer !== undefined) theirs.set(`${name} ${asked[0]}`, answer);
    }
  }, 60_000);

  it.each(Object.entries(same))('--list and --graph are the same: %s', (name, { sources, bare }) => {
    const { inventory, diagnostics } = ours(join(folder, name.replaceAll(/\W+/g, '-')), sources);
    expect(diagnostics.all).toEqual([]);
    const list = theirs.get(`${name} --list`);
    expect(JSON.parse(jsonText(inventoryList(inventory, inventory.hosts))), list?.stderr).toEqual(
      JSON.parse(list?.stdout ?? ''),
    );
    const graph = inventoryGraph(groupNamed('all', inventory, diagnostics), inventory, !bare);
    expect(graph).toBe(theirs.get(`${name} --graph`)?.stdout.trimEnd());
  });
});
