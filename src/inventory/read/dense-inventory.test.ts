import { expect, test } from 'vitest';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { VariableTable } from '../../vars/variables.js';
import { draftInventory, groupIn } from './draft.js';
import { groupTree } from './group-tree.js';
import { VariablesOfHosts } from './host-variables.js';

const place = { file: '/site/inventory.ini', line: 1, column: 1 };

/** Layers of groups, each of which names all groups of the next; those of the last have the hosts. */
function layered(layers: number, width: number, hosts: readonly string[]) {
  const draft = draftInventory();
  for (const host of hosts) draft.hosts.set(host, { place, tables: [] });
  for (let layer = 0; layer < layers; layer += 1) {
    for (let one = 0; one < width; one += 1) {
      const group = groupIn(draft, `g${layer}_${one}`);
      if (layer + 1 === layers) for (const host of hosts) group.hosts.add(host);
      else for (let other = 0; other < width; other += 1) group.children.set(`g${layer + 1}_${other}`, place);
    }
  }
  return draft;
}

test('groups that each name all of the next layer took time for each way between them', () => {
  const diagnostics = new Diagnostics();
  const tree = groupTree(layered(30, 30, ['b', 'a']), diagnostics);
  expect(diagnostics.all).toEqual([]);
  expect(tree.hostsOf('g0_0')).toEqual(['b', 'a']);
  expect(tree.groupsOfHosts.get('a')).toHaveLength(900);
  expect(tree.depthOf('g29_0')).toBe(30);

  groupTree(layered(60, 40, ['a']), diagnostics);
  expect(diagnostics.all.map(({ message }) => message)).toEqual([
    'the groups of the inventory lead to their hosts in more than 30000000 steps',
  ]);
});

test('a range of hosts each had a copy of all variables of its groups', () => {
  const draft = layered(1, 1, ['a', 'b', 'c']);
  const tableOf = (...names: string[]): VariableTable =>
    new Map(names.map((name) => [name, { value: 1, layer: 'group', from: 'group g0_0' }]));
  groupIn(draft, 'g0_0').tables.push(tableOf('x', 'y'));
  const diagnostics = new Diagnostics();
  const variables = new VariablesOfHosts(draft, diagnostics, 5);
  const [a, b] = ['a', 'b'].map((host) => variables.of(host, ['g0_0']));
  expect(a?.variables).toBe(b?.variables);
  draft.hosts.get('b')?.tables.push(tableOf('z'));
  expect([...variables.of('b', ['g0_0']).variables.keys()]).toEqual(['x', 'y', 'z']);
  expect(diagnostics.all).toEqual([]);

  for (const host of ['b', 'b']) variables.of(host, ['g0_0']);
  expect(diagnostics.all.map(({ message }) => message)).toEqual([
    'the hosts of the inventory have more than 5 variables in all',
  ]);
});
