import { expect, test } from 'vitest';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { type InventoryData, loadInventory } from '../../inventory/load.js';
import { inventoryGraph } from './graph.js';

/** Layers of two groups, each of which names both of the next: a tree that doubles at each. */
function doubling(layers: number): InventoryData {
  const names = Array.from({ length: layers }, (_, layer) => [`a${layer}`, `b${layer}`]);
  const groups = names.flatMap((pair, layer) =>
    pair.map((name) => [
      name,
      { children: Object.fromEntries((names[layer + 1] ?? []).map((child) => [child, null])) },
    ]),
  );
  return { ...Object.fromEntries(groups), z: { hosts: { h: null } } };
}

test('the tree of groups that double at each layer was drawn without end', () => {
  const draw = (layers: number) => {
    const diagnostics = new Diagnostics();
    const inventory = loadInventory([doubling(layers)], diagnostics);
    expect(diagnostics.all).toEqual([]);
    const top = inventory.groups.get('all');
    return top === undefined ? '' : inventoryGraph(top, inventory, false);
  };
  expect(draw(2).split('\n')).toMatchInlineSnapshot(`
    [
      "@all:",
      "  |--@ungrouped:",
      "  |--@a0:",
      "  |  |--@a1:",
      "  |  |--@b1:",
      "  |--@b0:",
      "  |  |--@a1:",
      "  |  |--@b1:",
      "  |--@z:",
      "  |  |--h",
    ]
  `);
  expect(() => draw(60)).toThrow(
    'the tree of groups has more than 500000 lines, as groups are children of many others',
  );
});
