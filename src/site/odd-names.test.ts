import { expect, test } from 'vitest';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { loadInventory } from '../inventory/load.js';
import { renderValue } from '../vars/template/template.js';
import { hostScope } from './render/scope.js';

/** Values under these names in `hostvars`, as a template reads them. */
function hostvarsOf(vars: Readonly<Record<string, unknown>>): unknown[] {
  const data = `{"all": {"hosts": {"other": ${JSON.stringify(vars)}}}}`;
  const diagnostics = new Diagnostics();
  const inventory = loadInventory([JSON.parse(data)], diagnostics);
  expect(diagnostics.all).toEqual([]);
  const scope = hostScope({
    host: inventory.localhost,
    inventory,
    folder: '/site',
    variables: new Map(),
    facts: undefined,
    registered: new Set(),
  });
  return Object.keys(vars).map((name) => renderValue(`{{get hostvars.other ${JSON.stringify(name)}}}`, scope));
}

test('a variable whose name is no name in a template was read as a template, or not at all', () => {
  const names = ['x', 'a}}{{x', '{{x}}', 'true', '1', 'null', 'a b', 'length', 'json x', '@root', '.', '..', ''];
  const vars = Object.fromEntries(
    names.map((name) => [name, `value of ${JSON.stringify(name)}`.replaceAll('{{', '<<')]),
  );
  expect(hostvarsOf(vars)).toEqual(Object.values(vars));
});
