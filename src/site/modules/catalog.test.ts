import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../files/package-root.js';
import { roleCatalog } from './catalog.js';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
afterAll(() => rmSync(folder, { recursive: true }));
function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
write(
  'roles/motd/index.ts',
  `import { defineRole } from 'registry-provision';
import { z } from 'zod';
import { greeting } from './vars.ts';
export default defineRole({ name: 'motd', summary: greeting satisfies string, vars: z.object({}), tasks: () => [] });`,
);
write('roles/motd/vars.ts', `export const greeting: string = 'hello';`);
write('roles/empty/index.js', 'export const role = 1;');
write('roles/schemaless/index.js', "export default { name: 'schemaless', vars: {}, tasks: () => [] };");
write('roles/broken/index.ts', 'export default defineRole({');
write('roles/ansible/tasks/main.yml', '[]');
write('roles/ansible/defaults/main.yaml', '{}');
write('roles/registry-setup/tasks/main.yml', '[]');
write('roles/both/tasks/main.yml', '[]');
write('roles/both/index.js', 'export const role = 1;');

const catalog = roleCatalog(folder);

test('roles in the folder of the site are TypeScript or JavaScript', async () => {
  expect(catalog.names()).toEqual(expect.arrayContaining(['broken', 'empty', 'motd']));
  expect(catalog.names()).not.toContain('ansible');
  expect(await catalog.load('motd')).toMatchObject({ name: 'motd', summary: 'hello' });
  expect(await catalog.load('nowhere')).toBeUndefined();
  expect(await catalog.load('../roles/motd')).toBeUndefined();
});

test('a role in the layout of Ansible was there for nobody, and a role of the package ran in its place', async () => {
  expect(catalog.partsOfAnsible('ansible')).toEqual(['tasks', 'defaults']);
  expect(catalog.partsOfAnsible('registry-setup')).toEqual(['tasks']);
  expect(await catalog.load('registry-setup')).toMatchObject({ name: 'registry-setup' });
  for (const name of ['motd', 'both', 'nowhere', '..']) expect(catalog.partsOfAnsible(name)).toEqual([]);
});

test('a module that is no role is an error that names it', async () => {
  await expect(catalog.load('empty')).rejects.toThrow(
    /empty\/index.js has no role: its default export must be made with/,
  );
  // Its variables were taken for a schema, which ended in an error of zod's.
  await expect(catalog.load('schemaless')).rejects.toThrow(/schemaless\/index.js has no role/);
  await expect(catalog.load('broken')).rejects.toThrow();
});

test('the roles of the package are there for every site, also for one in its own folder', () => {
  const own = roleCatalog(packageRoot).names();
  expect(catalog.names()).toEqual(expect.arrayContaining(own));
});
