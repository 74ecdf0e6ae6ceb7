import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inventorySchema, variableFileSchema } from '../../src/cli/schema/inventory-schema.js';
import { type JsonSchema, propertiesOf } from '../../src/cli/schema/json-schema.js';
import { type RoleSchema, roleSchemas } from '../../src/cli/schema/role-schemas.js';
import { siteSchema } from '../../src/cli/schema/site-schema.js';
import { resourceKinds } from '../../src/resources/all.js';
import { roleCatalog } from '../../src/site/modules/catalog.js';
import { structureWords } from '../../src/site/words/structure-words.js';
import { folderOf } from '../kit/folder-of.js';
import { checkout, provision } from '../kit/provision.js';
import { faults } from './json-schema-faults.js';

let roles: readonly RoleSchema[] = [];
let site: JsonSchema = {};
let inventory: JsonSchema = {};
beforeAll(async () => {
  roles = await roleSchemas(roleCatalog(checkout));
  site = siteSchema(resourceKinds, roles);
  inventory = inventorySchema(roles);
}, 60_000);

const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (file: string): unknown => parse(readFileSync(join(checkout, file), 'utf8'));

function inExamples(name: string): string[] {
  return readdirSync(join(checkout, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `examples/${entry.name}/${name}`);
}

describe('the schema of a site', () => {
  it.each(['site.yaml', ...inExamples('site.yaml')])('takes %s', (file) => {
    expect(faults(site, read(file))).toEqual([]);
  });

  it('takes what is written in other ways: templates, words for true and false, one for a list', () => {
    const text = `
- hosts: web
  become: yes
  vars_files: a.yaml
  roles: nfs-export
  vars: { nfs_exports: "{{exports}}", anything: [1] }
  tasks:
    - { name: a, file: { path: "{{x}}", mode: "{{m}}", backup: "yes", owner: 0 }, when: x, tags: a }
    - { wait: { timeout: "{{ t }}", port: { port: "22" } }, until: a, retries: 3, delay: "{{d}}" }
    - { block: [{ debug: { msg: x } }], rescue: [], always: [{ meta: flush_handlers }] }
    - { import_tasks: x.yaml, when: [a, true] }
    - { include_role: { name: nfs-export }, loop: [1] }
    - { import_role: mine, vars: { other: 1 } }
    - { command: { argv: [ls] }, delegate_to: x, changed_when: false }
  handlers:
    - { name: h, listen: x, service: { name: x, state: restarted } }
- hosts: [a, b]
  tasks:
  handlers: []
`;
    expect(faults(site, parse(text))).toEqual([]);
  });

  it('refuses what is mistyped, where it stands', () => {
    const text = `
- hosts: web
  taks: []
- become: true
- hosts: web
  roles:
    - nfs-export
    - { role: nfs-export, vars: { nfs_export: [] } }
    - { roel: nfs-export }
  tasks:
    - { file: { path: /x, mod: "0644" } }
    - { fle: { path: /x } }
    - { wait: { timeout: soon } }
    - { service: { name: x, state: restrted } }
    - { file: { mode: "0644" } }
    - { import_role: { nam: x } }
    - { block: [{ file: { path: x, force: perhaps } }] }
  handlers:
    - { name: h, listn: x, debug: { msg: x } }
`;
    expect(faults(site, parse(text))).toMatchInlineSnapshot(`
      [
        "0.taks additionalProperties",
        "1.hosts required",
        "2.roles.1.vars.nfs_export additionalProperties",
        "2.roles.2.roel additionalProperties",
        "2.tasks.0.file.mod additionalProperties",
        "2.tasks.1.fle additionalProperties",
        "2.tasks.2.wait.timeout pattern",
        "2.tasks.3.service.state anyOf",
        "2.tasks.4.file.path required",
        "2.tasks.5.import_role.nam additionalProperties",
        "2.tasks.6.block.0.file.force pattern",
        "2.handlers.0.listn additionalProperties",
      ]
    `);
  });

  it('knows all that a task can say', () => {
    const { task } = propertiesOf({ properties: site.definitions });
    const words = Object.keys(propertiesOf(task ?? {}));
    expect(words).toEqual(expect.arrayContaining([...resourceKinds.map(({ kind }) => kind), ...structureWords]));
    expect(words).toEqual(
      expect.arrayContaining(['name', 'when', 'loop', 'block', 'rescue', 'always', 'vars', 'tags']),
    );
  });

  it('has patterns that editors can use', () => {
    const patterns = JSON.stringify([site, inventory]).match(/"pattern":"(?:[^"\\]|\\.)*"/g) ?? [];
    expect(patterns.length).toBeGreaterThan(50);
    for (const pattern of patterns) expect(() => new RegExp(JSON.parse(`{${pattern}}`).pattern), pattern).not.toThrow();
  });
});

describe('the schema of an inventory', () => {
  const files = [
    ...readdirSync(join(checkout, 'inventories')).map((name) => `inventories/${name}`),
    ...inExamples('inventory.yaml'),
  ];
  it.each(files)('takes %s', (file) => {
    expect(faults(inventory, read(file))).toEqual([]);
  });

  it('takes short forms, and refuses what is mistyped', () => {
    const text = `
all:
  vars: { ansible_user: root, become: yes, nfs_exports: [], mine: 1 }
  hosts: { "web[01:03]": { host: 10.0.0.1, port: 22 }, b: }
  children:
    one: { hosts: h }
    two: { children: one, vars: { ansible_group_priority: 3 } }
    three:
`;
    expect(faults(inventory, parse(text))).toEqual([]);
    const wrong = `
all:
  host: { a: }
  hosts:
    b: { ansible_port: 70000, connection: shs, ansible_ssh_args: -v, become: perhaps, identity_file: 3 }
    c: { registry_port: ten }
  children:
    one: { hosts: [a, b], var: {} }
`;
    expect(faults(inventory, parse(wrong))).toMatchInlineSnapshot(`
      [
        "all.hosts.b.ansible_port maximum",
        "all.hosts.b.connection anyOf",
        "all.hosts.b.ansible_ssh_args not",
        "all.hosts.b.become pattern",
        "all.hosts.b.identity_file anyOf",
        "all.hosts.c.registry_port pattern",
        "all.children.one.hosts type",
        "all.children.one.var additionalProperties",
        "all.host additionalProperties",
      ]
    `);
  });

  it('has another for files of variables', () => {
    const schema = variableFileSchema(roles.filter(({ role }) => role.name === 'nfs-export'));
    expect(Object.keys(propertiesOf(schema))).toContain('nfs_exports');
    expect(Object.keys(propertiesOf(schema))).not.toContain('registry_port');
    expect(faults(schema, { nfs_exports: [{ path: '/a', clients: '*(rw)' }], port: 22, mine: true })).toEqual([]);
    expect(faults(schema, { nfs_exports: 3 })).toEqual(['nfs_exports type']);
  });
});

describe('provision schema', () => {
  it('prints one, and writes all', async () => {
    const written = await provision(['schema', '--write', folder]);
    expect(written).toMatchObject({ status: 0, stderr: '' });
    expect(written.stdout.split('\n').map((path) => path.slice(folder.length + 1))).toEqual([
      'site.schema.json',
      'inventory.schema.json',
      'vars.schema.json',
      'events.schema.json',
    ]);
    const printed = await provision(['schema', 'vars', 'nfs-export']);
    expect(Object.keys(JSON.parse(printed.stdout).properties)).toContain('nfs_exports');
    expect(await provision(['schema', 'vars', 'nfs-exprot'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('did you mean "nfs-export"?'),
    });
  });

  it('says what every line of --output json is', async () => {
    const { stdout } = await provision(['schema', 'events']);
    const schema: unknown = JSON.parse(stdout);
    const check = ['site.yaml', '--check', '--output', 'json', '--root', join(folder, 'root')];
    const lines = (await provision(check)).stdout.split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(faults(schema, JSON.parse(line)), line).toEqual([]);
  });
});

it('a role that cannot be loaded is a mistake of its own', async () => {
  const broken = folderOf({ 'roles/broken/index.ts': 'export default 1;' });
  await expect(roleSchemas(roleCatalog(broken))).rejects.toThrow(/the role broken cannot be loaded: .* has no role/);
});
