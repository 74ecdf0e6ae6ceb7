import { spawnSync } from 'node:child_process';
import { describe, expect, it, test } from 'vitest';
import { unitName, unitWord } from './unit-name.js';

const cases = [
  ['/', '-.mount'],
  ['/srv', 'srv.mount'],
  ['/srv/registry/main', 'srv-registry-main.mount'],
  ['/srv//registry/', 'srv-registry.mount'],
  ['/srv/a b', 'srv-a\\x20b.mount'],
  ['/srv/my-registry', 'srv-my\\x2dregistry.mount'],
  ['/.hidden/.x', '\\x2ehidden-.x.mount'],
  ['/sr-v/ü\\', 'sr\\x2dv-\\xc3\\xbc\\x5c.mount'],
  ['/a@b:c_d.e~', 'a\\x40b:c_d.e\\x7e.mount'],
] as const;

test.each(cases)('the unit of %s', (path, name) => {
  expect(unitName(path, 'mount')).toBe(name);
});

describe.skipIf(spawnSync('systemd-escape', ['--version']).error !== undefined)(
  'systemd-escape (skipped where there is none)',
  () => {
    it('says the same', () => {
      const names = cases.map(([path]) => spawnSync('systemd-escape', ['--path', '--suffix=mount', '--', path]).stdout);
      expect(names.map((name) => name.toString().trim())).toEqual(cases.map(([, name]) => name));
    });
  },
);

test('words of a setting', () => {
  expect(['/srv/x', '/srv/100%', '/srv/a "b" \\'].map(unitWord)).toEqual([
    '/srv/x',
    '/srv/100%%',
    '"/srv/a \\"b\\" \\\\"',
  ]);
});
