import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { type Diagnostic, Diagnostics, InputError } from '../../src/diagnostics/diagnostic.js';
import { packageRoot } from '../../src/files/package-root.js';
import { loadInventory } from '../../src/inventory/load.js';
import { resourceKinds } from '../../src/resources/all.js';
import { loadSite } from '../../src/site/load.js';
import { roleCatalog } from '../../src/site/modules/catalog.js';

/*
 * Every key and every value of a site, its inventory and its files, spoilt in every way that is listed here, one at a time:
 * what is wrong is told with its place, and nothing ever breaks. No host is there to be touched.
 */
const good = {
  'inventory.yaml': `all:
  vars:
    connection: ssh
    colour: green
  children:
    web:
      hosts:
        web[01:02].example.com: { port: 2222, user: operator, become: true }
        web9: { host: 192.0.2.9, identity_file: key, known_hosts_file: hosts }
      vars: { listen: 80, ansible_become_user: www }
    all_of_them:
      children:
        web: {}
`,
  'site.yaml': `- name: Shares and engines
  hosts: web:!web9
  become: true
  serial: [1, "50%"]
  max_fail_percentage: 30
  gather_facts: true
  vars_files: [more.yaml]
  vars:
    registry: "registry.example.com:5000"
    paths: [/srv/one, /srv/two]
  roles:
    - role: nfs-export
      when: eq colour "green"
      tags: [nfs]
      vars:
        nfs_exports:
          - path: /var/export/one
            mode: "0777"
            clients:
              - { host: 192.0.2.0/24, options: [rw, sync] }
    - role: docker-config
      vars:
        docker_install: true
        docker_insecure_registries: ["{{registry}}"]
    - role: registry-setup
      vars:
        registry_runtime: package
        registry_port: 5000
    - role: image-sync
      vars:
        image_sync_upstream: upstream.example.com
        image_sync_local: "{{registry}}"
        image_sync_images:
          - team/web:1.4
          - { name: team/api, tag: "2.0", target: mirror/api }
  pre_tasks:
    - name: folders
      directory: { path: "{{item}}", mode: "0755", owner: root }
      loop: "{{paths}}"
      loop_control: { label: "{{item}}" }
      register: folders
    - import_tasks: tasks.yaml
      when: folders.changed
      tags: always
  tasks:
    - block:
        - name: a file
          file:
            path: /etc/web.conf
            content: "port {{listen}} {{size}}"
            mode: "0644"
            backup: true
          notify: reload
          until: folders.changed
          retries: 2
          delay: 1
      rescue:
        - fail: { msg: "not {{colour}}" }
      always:
        - debug: { msg: done }
    - command: { cmd: /bin/true, always: true }
      changed_when: false
      failed_when: folders.changed
      ignore_errors: true
      no_log: true
      delegate_to: web9
      run_once: true
      become_user: www
  handlers:
    - name: reload
      listen: web changed
      service: { name: web, state: reloaded }
`,
  'tasks.yaml': `- line: { path: /etc/hosts, line: "192.0.2.1 one", regexp: "^192" }
- sysctl: { name: net.ipv4.ip_forward, value: "1" }
- get_url: { url: "https://example.com/a.tar", dest: /srv/a.tar, checksum: "sha256:${'0'.repeat(64)}" }
- cron: { name: collect, job: /bin/true, hour: "4" }
- meta: flush_handlers
`,
  'more.yaml': `size: 10
owner:
  name: somebody
  groups: [one, two]
`,
};
type File = keyof typeof good;
const files = Object.keys(good) as File[];

/** What a value is replaced by. */
const values = ['', '-1', '""', '[[x]]', '{a: b}', '"{{nowhere}}"', '"{{"', '*alias', '!vault x'];

let folder: string;
const catalog = roleCatalog(packageRoot);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'site-'));
  for (const file of files) writeFileSync(join(folder, file), good[file]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The mistakes in the files, one of which is another. */
async function mistakesIn(file: File, text: string): Promise<readonly Diagnostic[]> {
  writeFileSync(join(folder, file), text);
  const diagnostics = new Diagnostics();
  try {
    const inventory = loadInventory([join(folder, 'inventory.yaml')], diagnostics);
    const request = {
      file: join(folder, 'site.yaml'),
      inventory,
      extraVars: new Map(),
      catalog,
      kinds: resourceKinds,
      flags: { force: false, sync: undefined, check: false },
      overrides: {},
    };
    await loadSite(request, diagnostics);
    return diagnostics.all;
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics;
    throw new Error(`${file} was not read, nor refused:\n${text}`, { cause: error });
  } finally {
    writeFileSync(join(folder, file), good[file]);
  }
}

/** Whether it is refused; fails where a mistake does not say where it is, or not in words. */
async function isRefused(file: File, text: string): Promise<boolean> {
  const mistakes = await mistakesIn(file, text);
  for (const { message, hint = '', place } of mistakes) {
    const said = `${message} (${hint})`;
    expect(said, text).not.toMatch(/undefined|\[object|NaN|Error:|^ \(/);
    expect(place, `${said} in\n${text}`).toBeDefined();
    const at = files.find((name) => name === relative(folder, place?.file ?? ''));
    expect(at, `${said} is in no file of ours`).toBeDefined();
    const lines = (at === file ? text : good[at ?? file]).split('\n').length;
    expect(place?.line, said).toBeGreaterThanOrEqual(1);
    expect(place?.line, said).toBeLessThanOrEqual(lines);
  }
  return mistakes.length > 0;
}

/** Where the keys and the single values of a file are, from and to, with the path of each. */
function placesIn(file: File) {
  const keys: { path: string; range: [number, number] }[] = [];
  const scalars: { path: string; range: [number, number] }[] = [];
  visit(parseDocument(good[file]), {
    Scalar(key, node, ancestors) {
      if (node.range == null) return;
      const words = ancestors.flatMap((each, index) => {
        const next = ancestors[index + 1] ?? node;
        if (isMap(each)) return [];
        if ('key' in each && isScalar(each.key)) return each.key === next ? [] : [String(each.key.value)];
        return 'items' in each && Array.isArray(each.items) ? [String(each.items.indexOf(next))] : [];
      });
      const range: [number, number] = [node.range[0], node.range[1]];
      if (key === 'key') keys.push({ path: [...words, String(node.value)].join('.'), range });
      else scalars.push({ path: words.join('.'), range });
    },
  });
  return { keys, scalars };
}

const spoilt = (text: string, [from, to]: [number, number], by: string) => text.slice(0, from) + by + text.slice(to);

test('what is good is taken', async () => {
  expect(await mistakesIn('site.yaml', good['site.yaml'])).toEqual([]);
});

test("every key that is misspelt is told, but for names that are anybody's", { timeout: 300_000 }, async () => {
  const count = { tried: 0, refused: 0 };
  const taken: string[] = [];
  for (const file of files) {
    for (const { path, range } of placesIn(file).keys) {
      const word = good[file].slice(...range);
      count.tried += 1;
      if (await isRefused(file, spoilt(good[file], range, `${word}x`))) count.refused += 1;
      else taken.push(`${file}: ${path}`);
    }
  }
  expect(count).toMatchInlineSnapshot(`
    {
      "refused": 115,
      "tried": 125,
    }
  `);
  expect(taken).toMatchInlineSnapshot(`
    [
      "inventory.yaml: all",
      "inventory.yaml: all.children.web.hosts.web[01:02].example.com",
      "inventory.yaml: all.children.web.hosts.web9.host",
      "inventory.yaml: all.children.web.hosts.web9.identity_file",
      "inventory.yaml: all.children.web.hosts.web9.known_hosts_file",
      "inventory.yaml: all.children.all_of_them",
      "inventory.yaml: all.children.all_of_them.children.web",
      "more.yaml: owner",
      "more.yaml: owner.name",
      "more.yaml: owner.groups",
    ]
  `);
});

test('no value is more than a mistake', { timeout: 300_000 }, async () => {
  const count = { tried: 0, refused: 0 };
  const unseen: string[] = [];
  for (const file of files) {
    for (const { path, range } of placesIn(file).scalars) {
      for (const value of values) {
        count.tried += 1;
        const refused = await isRefused(file, spoilt(good[file], range, value));
        if (refused) count.refused += 1;
        else if (/^"\{\{|alias|vault/.test(value)) unseen.push(`${file}: ${path}: ${value}`);
      }
    }
  }
  expect(count).toMatchInlineSnapshot(`
    {
      "refused": 753,
      "tried": 828,
    }
  `);
  // Where a template is no template, or is not asked for.
  expect(unseen).toMatchInlineSnapshot(`
    [
      "more.yaml: owner.name: "{{nowhere}}"",
      "more.yaml: owner.name: "{{"",
      "more.yaml: owner.groups.0: "{{nowhere}}"",
      "more.yaml: owner.groups.0: "{{"",
      "more.yaml: owner.groups.1: "{{nowhere}}"",
      "more.yaml: owner.groups.1: "{{"",
    ]
  `);
});

test('nor is a text that is cut off, or has a line twice, a tab, or a quote too many', {
  timeout: 300_000,
}, async () => {
  const count = { tried: 0, refused: 0 };
  for (const file of files) {
    const lines = good[file].split('\n');
    for (const [index, line] of lines.entries()) {
      const around = (...between: string[]) =>
        [...lines.slice(0, index), ...between, ...lines.slice(index + 1)].join('\n');
      const texts = [
        lines.slice(0, index).join('\n'),
        `${lines.slice(0, index).join('\n')}\n${line.slice(0, line.length / 2)}`,
        around(line, line),
        around(`\t${line}`),
        around(` ${line}`),
        around(`${line}"`),
        around(`${line} }`),
        around(`${line}: x`),
        around(`${line}\u0000`),
      ];
      for (const text of texts) {
        count.tried += 1;
        if (await isRefused(file, text)) count.refused += 1;
      }
    }
  }
  expect(count).toMatchInlineSnapshot(`
    {
      "refused": 740,
      "tried": 882,
    }
  `);
});
