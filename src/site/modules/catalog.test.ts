import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../render/package-root.js';
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

const catalog = roleCatalog(folder);

test('roles in the folder of the site are TypeScript or JavaScript', async () => {
  expect(catalog.names()).toEqual(expect.arrayContaining(['broken', 'empty', 'motd']));
  expect(catalog.names()).not.toContain('ansible');
  expect(await catalog.load('motd')).toMatchObject({ name: 'motd', summary: 'hello' });
  expect(await catalog.load('nowhere')).toBeUndefined();
  expect(await catalog.load('../roles/motd')).toBeUndefined();
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
