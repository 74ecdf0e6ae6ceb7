import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spellings } from '../../inventory/settings/setting-names.js';
import { resourceKinds } from '../../resources/all.js';
import { insteadOf, insteadOfMeta, unsupportedMetas, unsupportedWords } from '../../site/read/unsupported.js';
import { magicNames } from '../../site/render/scope.js';
import * as schemas from '../../site/words/schemas.js';
import { explain } from './explain.js';

const textOf = async (word?: string) => (await explain(word, '/nowhere')).text;

test('every word that a schema of sites has is explained', async () => {
  const words = new Set<string>();
  for (const schema of Object.values(schemas)) {
    if (typeof schema === 'object' && 'shape' in schema) for (const word of Object.keys(schema.shape)) words.add(word);
  }
  expect(words.size).toBeGreaterThan(30);
  const unexplained: string[] = [];
  for (const word of words) if ((await explain(word, '/nowhere')).status !== 0) unexplained.push(word);
  expect(unexplained).toEqual([]);
});

test('so is every name of the inventory and of templates, in either spelling', async () => {
  const names = [...Object.entries(spellings).flat(2), ...magicNames.filter((name) => !name.startsWith('ansible_'))];
  for (const name of names) expect({ name, ...(await explain(name, '/nowhere')) }).toMatchObject({ name, status: 0 });
});

test('every word that is refused is explained, with what to do instead', async () => {
  const kinds = resourceKinds.map(({ kind }) => kind);
  for (const word of unsupportedWords) {
    const { status, text } = await explain(word, '/nowhere');
    expect({ word, status }).toEqual({ word, status: 0 });
    const instead = insteadOf(word, kinds);
    if (text.includes('not used here')) expect(text.replace(/\s+/g, ' ')).toContain(instead);
  }
  for (const word of unsupportedMetas) expect(await textOf(word)).toContain(insteadOfMeta(word)?.split(' ')[0]);
});

test('resources and roles with their parameters', async () => {
  for (const { kind } of resourceKinds) expect(await textOf(kind)).toContain(`${kind} (resource)`);
  expect(await textOf('link')).toMatchInlineSnapshot(`
    "link (resource)
      A symbolic link
      path: text, needed
          Path of the link
      target: text
          Target, absolute or relative to its folder; it need not exist
      state: "present", "absent", default "present"
          \`absent\` removes it, if it is a link
      force: boolean, default false
          Replace what exists and differs, as \`--force\` does for everything
      force_variable: text
          Variable that sets \`force\`; the report names it where something was kept
      needs: list of text, default []
          References that its state depends on, for check mode: \`package:docker.io\`,
          \`service:docker\`

        - link: {path: /etc/localtime, target: /usr/share/zoneinfo/UTC}"
  `);
  expect(await textOf('nfs-export')).toMatch(/^nfs-export \(role\)\n {2}\S[\s\S]*\n {2}nfs_\w+: /);
});

test('a word, an exit status, one that is not used, and one that nobody knows', async () => {
  expect(await textOf('import_tasks')).toMatchInlineSnapshot(`
    "import_tasks (task, handlers)
      The tasks of a file, here. It is read and checked with the site; looked for beside the file
      that names it, then beside the site, and in tasks/ there. tags, become and vars are handed
      down.
      Unlike Ansible: Its condition is decided once, before the first task. Ansible copies it to
      every task and asks it again, so that a task can switch off those behind it.

        - import_tasks: docker.yaml
          when: eq facts.os_family "debian""
  `);
  expect(await textOf('ansible.builtin.include_tasks:')).toContain('include_tasks (task, handlers)');
  expect(await textOf('ansible_ssh_host')).toMatchInlineSnapshot(`
    "ansible_ssh_host (inventory)
      Name or address to dial; default: the name in the inventory."
  `);
  expect(await textOf('4')).toMatchInlineSnapshot(`
    "exit status 4
      A host was unreachable."
  `);
  expect(await textOf('async')).toMatchInlineSnapshot(`
    "async (of Ansible, not used here)
      Instead: long commands are waited for; remove it."
  `);
  expect(await explain('delegate_too', '/nowhere')).toMatchInlineSnapshot(`
    {
      "status": 1,
      "text": "nothing is known of "delegate_too": did you mean "delegate_to"?",
    }
  `);
});

test('what can be explained', async () => {
  expect(await textOf()).toMatch(/^plays:\n {2}any_errors_fatal, [\s\S]*\nroles:\n {2}\S/);
});

test('no role of the folder that one stands in is run to explain a word', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'explain-'));
  const canary = join(folder, 'canary');
  for (const name of ['nfs-export', 'foreign']) {
    mkdirSync(join(folder, 'roles', name), { recursive: true });
    const text = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(canary)}, ''); export default {};`;
    writeFileSync(join(folder, 'roles', name, 'index.mjs'), text);
  }
  const before = process.cwd();
  process.chdir(folder);
  try {
    const explained = await explain('nfs-export', undefined);
    expect(explained.text).toMatch(/^nfs-export \(role\)\n[\s\S]*\nnfs-export \(role of the site here\)\n/);
    expect(await explain('foreign', undefined)).toMatchInlineSnapshot(`
      {
        "status": 0,
        "text": "foreign (role of the site here)
        A site in this folder means roles/foreign by that name. It is a program: \`provision explain
        foreign --roles .\` runs it, and shows its variables.",
      }
    `);
    expect(existsSync(canary)).toBe(false);
    await expect(explain('foreign', '.')).rejects.toThrow(/has no role/);
    expect(existsSync(canary)).toBe(true);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});
