import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGroup, findHost } from '../../src/cli/inventory/find.js';
import { inventoryGraph } from '../../src/cli/inventory/graph.js';
import { inventoryList } from '../../src/cli/inventory/list.js';
import { vaultForPrinting } from '../../src/cli/inventory/sealed-value.js';
import { jsonText, printedVariables } from '../../src/cli/inventory/variables-text.js';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { loadInventory } from '../../src/inventory/load.js';
import { Keyring } from '../../src/vars/vault/keyring.js';
import { yamlVault } from '../../src/vars/vault/yaml-vault.js';
import { type Answer, ansibleAnswers, ansibleIsThere } from './ansible-answers.js';
import { refusedByBoth, refusedHere } from './inventories/refused.js';
import { type InventoryCase, same } from './inventories/same.js';

/* `provision inventory` says what `ansible-inventory` says of the same files. */

const required = process.env.PROVISION_REQUIRE_LAB === '1';
if (!ansibleIsThere) console.warn('ansible-inventory is not installed (ansible-core): it is not compared with');

const folder = mkdtempSync(join(tmpdir(), 'ansible-inventory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Hosts whose variables are asked for by themselves: named, in a group, and not named at all. */
const hosts: readonly (readonly [string, string])[] = [
  ['variables in several places', 'w1'],
  ['IPv6', '2001:db8::2'],
  ['values that are encrypted, in each place', 'h'],
  ['localhost, named', 'localhost'],
  ['all and its children, by name', 'localhost'],
];

describe.skipIf(!ansibleIsThere && !required)('beside ansible-inventory', () => {
  const theirs = new Map<string, Answer>();

  beforeAll(async () => {
    const asked = [
      ...Object.entries(same).flatMap(([name, each]) => [
        [name, each, '--list'] as const,
        [name, each, '--graph', ...(each.bare ? [] : ['--vars'])] as const,
      ]),
      ...Object.entries({ ...refusedHere, ...refusedByBoth }).map(([name, each]) => [name, each, '--list'] as const),
      ...hosts.flatMap(([name, host]) => {
        const each = same[name];
        return each === undefined ? [] : [[name, each, '--host', host] as const];
      }),
    ];
    const questions = asked.map(([name, each, ...args]) => {
      const sources = each.sources.flatMap((source) => ['-i', source]);
      return { cwd: write(name, each), args: [...sources, ...args] };
    });
    const answers = await ansibleAnswers(questions, folder);
    for (const [index, [name, , ...args]] of asked.entries()) {
      const answer = answers[index];
      if (answer !== undefined) theirs.set([name, ...args.filter((arg) => arg !== '--vars')].join(' '), answer);
    }
  }, 120_000);

  it.each(Object.entries(same))('--list and --graph are the same: %s', (name, each) => {
    const { inventory, diagnostics } = ours(name, each);
    expect(diagnostics.all).toEqual([]);
    const list = theirs.get(`${name} --list`);
    const printed = jsonText(inventoryList(inventory, inventory.hosts));
    expect(JSON.parse(printed), list?.stderr).toEqual(JSON.parse(list?.stdout ?? ''));
    const graph = inventoryGraph(findGroup('all', inventory, diagnostics), inventory, !each.bare);
    expect(graph).toBe(inLines(theirs.get(`${name} --graph`)?.stdout.trimEnd()));
  });

  it.each(hosts)('--host is the same: %s, %s', (name, host) => {
    const { inventory, diagnostics } = ours(name, same[name] ?? { files: {}, sources: [] });
    const printed = jsonText(printedVariables(findHost(host, inventory, diagnostics).variables));
    // The Python that runs Ansible is none of a host's variables.
    const { ansible_python_interpreter: _, ...expected } = JSON.parse(
      theirs.get(`${name} --host ${host}`)?.stdout ?? '',
    );
    expect(JSON.parse(printed)).toEqual(expected);
  });

  it.each(Object.entries(refusedHere))('what Ansible passes over is a mistake here: %s', (name, each) => {
    const messages = ours(name, each).diagnostics.all.map(({ message }) => message.toLowerCase());
    expect(messages).toEqual([expect.stringContaining(each.message.toLowerCase())]);
    expect(theirs.get(`${name} --list`)).toMatchObject({ status: 0, stderr: expect.not.stringContaining('ERROR') });
  });

  it.each(Object.entries(refusedByBoth))('what Ansible leaves out is a mistake here: %s', (name, each) => {
    const { diagnostics } = ours(name, each);
    expect(diagnostics.all.map(({ message }) => message)).toContainEqual(expect.stringContaining(each.message));
    expect(diagnostics.all.every(({ place }) => place !== undefined)).toBe(true);
    expect(theirs.get(`${name} --list`)?.stderr).toContain('Failed to parse');
  });
});

function folderOfCase(name: string): string {
  return join(folder, name.replaceAll(/\W+/g, '-'));
}

function write(name: string, { files }: InventoryCase): string {
  const cwd = folderOfCase(name);
  mkdirSync(cwd, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return cwd;
}

function ours(name: string, { sources }: InventoryCase) {
  const cwd = folderOfCase(name);
  const diagnostics = new Diagnostics();
  const inventory = loadInventory(
    sources.map((source) => (source.includes(',') ? source : join(cwd, source))),
    diagnostics,
    vaultForPrinting(yamlVault(new Keyring([]), () => {})),
    cwd,
  );
  return { diagnostics, inventory };
}

/** A value of several lines would look like branches of the tree: here it stays in its line. */
function inLines(graph: string | undefined): string | undefined {
  return graph?.replaceAll(/\n(?! {2}\||@)/g, '\\n');
}
