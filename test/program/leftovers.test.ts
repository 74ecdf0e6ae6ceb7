import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderOf } from '../kit/folder-of.js';
import { provision } from '../kit/provision.js';
import { provisionHere } from '../kit/provision-here.js';
import { holding, runLock } from '../kit/vitest/holding.js';

holding(runLock);

const restart = '    - name: restart\n      command: { cmd: "echo x >>{{folder}}/restarts", always: true }\n';

/**
 * Folder with an inventory of this machine alone, in which sites are run that hold only their tasks.
 * @param start runs them in this process, or by the built command
 */
function project(start: typeof provisionHere = provisionHere) {
  const folder = folderOf({ 'inventory.yaml': 'all: { hosts: { here: { ansible_connection: local } } }\n' });
  const run = async (tasks: string, ...flags: string[]) => {
    const play = `- hosts: all\n  handlers:\n${restart}  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
    writeFileSync(join(folder, 'site.yaml'), play);
    const args = ['site.yaml', '-e', `folder=${folder}`, ...flags];
    const { status, stdout, stderr } = await start(args, { cwd: folder });
    expect(status, stdout + stderr).toBe(flags.includes('--strict') ? 3 : 0);
    return stdout;
  };
  const fileTask = (name: string, more = '') =>
    `- file: { path: "{{folder}}/${name}", content: "${name}\\n" }${more === '' ? '' : `\n  ${more}`}`;
  const path = (name: string) => join(folder, name);
  return { folder, run, fileTask, path };
}

const heading = /what the site no longer names/;

test('a file that the site no longer names is reported in every run, and removed with --prune', async () => {
  const { run, fileTask, path } = project(provision);
  expect(await run([fileTask('stays'), fileTask('goes')].join('\n'))).not.toMatch(heading);
  for (const flags of [[], ['--check', '--strict']]) {
    const reported = await run(fileTask('stays'), ...flags);
    expect(reported).toMatch(
      /goes: kept \(made by "file \S+goes" in an earlier run, and the site no longer names it\)/,
    );
    expect(reported).toContain('--prune removes it');
    expect(reported).toMatch(/^1 kept: 1 that the site no longer names \(--prune removes them\)$/m);
  }
  expect(await run(fileTask('stays'), '--prune', '--check')).toMatch(/goes: would change \(removed\)/);
  expect(existsSync(path('goes'))).toBe(true);
  expect(await run(fileTask('stays'), '--prune')).toMatch(/goes: changed \(removed\)/);
  expect([existsSync(path('stays')), existsSync(path('goes'))]).toEqual([true, false]);
  const after = await run(fileTask('stays'), '--prune');
  expect(after).not.toMatch(heading);
  expect(after).toMatch(/changed=0/);
});

test('an edited file stays, and goes with --force, which leaves a copy', async () => {
  const { run, fileTask, path } = project();
  await run([fileTask('stays'), fileTask('goes')].join('\n'));
  writeFileSync(path('goes'), 'mine\n');
  const kept = await run(fileTask('stays'), '--prune');
  expect(kept).toMatch(/goes: kept \(made by an earlier run, .*, edited since provision wrote it\)/);
  expect(kept).toContain('--prune with --force removes it; a dated copy stays');
  expect(readFileSync(path('goes'), 'utf8')).toBe('mine\n');
  await run(fileTask('stays'), '--prune', '--force');
  expect(existsSync(path('goes'))).toBe(false);
});

test.each([
  ['by its condition', (task: (more: string) => string) => task('when: eq folder "x"')],
  [
    'within a block',
    (task: (more: string) => string) => `- block:\n${task('').replace(/^/gm, '    ')}\n  when: eq folder "x"`,
  ],
])('a task that is skipped %s names its file all the same', async (_, skipped) => {
  const { run, fileTask } = project();
  await run(fileTask('goes'));
  expect(await run(skipped((more) => fileTask('goes', more)))).not.toMatch(heading);
});

test('an include that is skipped names what is in its file; one with a name that is not known names anything', async () => {
  const { run, fileTask, folder } = project();
  writeFileSync(join(folder, 'more.yaml'), fileTask('goes'));
  await run('- include_tasks: more.yaml');
  expect(await run('- include_tasks: more.yaml\n  when: eq folder "x"')).not.toMatch(heading);
  const unknown = '- include_tasks: "{{which}}.yaml"\n  when: eq folder "x"\n  vars: { which: more }';
  expect(await run(unknown)).not.toMatch(heading);
  expect(await run(unknown, '--prune')).toContain('nothing is removed: tasks that were not reached');
  expect(await run(fileTask('stays'))).toMatch(heading);
});

test('a loop without items names nothing', async () => {
  const { run } = project();
  const loop = (items: string) => `- file: { path: "{{folder}}/{{item}}", content: x }\n  loop: [${items}]`;
  await run(loop('one, two'));
  const reported = await run(loop(''));
  expect(reported).toMatch(/one: kept/);
  expect(reported).toMatch(/two: kept/);
});

test('a part of the site tells nothing, and is refused beside --prune', async () => {
  const { run, fileTask, folder } = project();
  await run([fileTask('stays', 'tags: [a]'), fileTask('goes')].join('\n'));
  expect(await run(fileTask('stays', 'tags: [a]'), '--tags', 'a')).not.toMatch(heading);
  const { status, stderr } = await provision(['site.yaml', '-e', `folder=${folder}`, '--prune', '--tags', 'a'], {
    cwd: folder,
  });
  expect(status).toBe(1);
  expect(stderr).toContain("--prune removes what the whole site no longer names, and can't be used with --tags");
});

test('a file that was there before, or that another site names as well, is not removed', async () => {
  const { run, fileTask, folder, path } = project();
  writeFileSync(path('old'), 'old\n');
  await run([fileTask('old'), fileTask('shared')].join('\n'), '--force');
  writeFileSync(join(folder, 'other.yaml'), `- hosts: all\n  tasks:\n${fileTask('shared').replace(/^/gm, '    ')}\n`);
  const other = await provision(['other.yaml', '-e', `folder=${folder}`], { cwd: folder });
  expect(other.status, other.stdout).toBe(0);
  expect(await run(fileTask('stays'), '--prune')).not.toMatch(heading);
  expect([existsSync(path('old')), existsSync(path('shared'))]).toEqual([true, true]);
});

test('entries of daemon.json that the site no longer names go, and those of others stay', async () => {
  const { run, fileTask, path } = project();
  writeFileSync(path('daemon.json'), '{\n  "insecure-registries": ["others:5000"],\n  "debug": true\n}\n');
  const merge = (names: string, more = '') =>
    `- docker_config: { path: "{{folder}}/daemon.json", validate: "true %s", merge: { insecure-registries: [${names}]${more} } }`;
  await run(merge('"one:5000", "two:5000"', ', log-level: warn'));
  const reported = await run(merge('"one:5000"'));
  expect(reported).toMatch(/insecure-registries two:5000 in \S+daemon.json: kept/);
  expect(reported).toMatch(/log-level in \S+daemon.json: kept/);
  await run(merge('"one:5000"'), '--force');
  expect(JSON.parse(readFileSync(path('daemon.json'), 'utf8'))).toEqual({
    'insecure-registries': ['others:5000', 'one:5000'],
    debug: true,
  });
  await run(fileTask('stays'), '--prune');
  expect(JSON.parse(readFileSync(path('daemon.json'), 'utf8'))).toEqual({
    'insecure-registries': ['others:5000'],
    debug: true,
  });
});

test('accounts that the site no longer names go, and the handlers of the task run', async () => {
  const { run, fileTask, path } = project();
  const accounts = (names: string) =>
    `- htpasswd: { path: "{{folder}}/accounts", accounts: { ${names} }, cost: 4 }\n  notify: restart`;
  const restarts = () => readFileSync(path('restarts'), 'utf8').length / 2;
  writeFileSync(path('accounts'), 'others:x\n');
  await run(accounts('a: one, b: two'));
  expect(await run(accounts('a: one'))).toMatch(/b in \S+accounts: kept/);
  expect(restarts()).toBe(1);
  expect(await run(accounts('a: one'), '--prune')).toMatch(/b in \S+accounts: changed \(removed b\)/);
  expect(readFileSync(path('accounts'), 'utf8')).toMatch(/^others:x\na:\S+\n$/);
  expect(restarts()).toBe(2);
  expect(await run(`${accounts('a: one')}\n${fileTask('stays')}`, '--prune')).not.toMatch(heading);
});

test.each(
  [
    {
      what: 'a line',
      file: 'others\n',
      task: (items: string[]) =>
        items.map((item) => `- line: { path: "{{folder}}/f", line: "set ${item}" }`).join('\n'),
      one: 'others\nset one\n',
      entry: /line set two in \S+f/,
    },
    {
      what: 'a block',
      file: 'others\n',
      task: (items: string[]) =>
        items
          .map((item) => `- block: { path: "{{folder}}/f", marker: "# {mark} ${item}", block: "${item}" }`)
          .join('\n'),
      one: 'others\n# BEGIN one\none\n# END one\n',
      entry: /block # \{mark\} two in \S+f/,
    },
    {
      what: 'a setting of the kernel',
      file: 'vm.swappiness = 7\n',
      task: (items: string[]) =>
        items
          .map((item) => `- sysctl: { name: kernel.${item}, value: 1, reload: false, sysctl_file: "{{folder}}/f" }`)
          .join('\n'),
      one: 'vm.swappiness = 7\nkernel.one = 1\n',
      entry: /kernel\.two in \S+f/,
    },
    {
      what: 'an option of dockerd',
      file: "OPTIONS='--debug --insecure-registry others'\n",
      task: (items: string[]) =>
        `- docker_sysconfig: { path: "{{folder}}/f", flags: [${items.map((item) => `{ variable: OPTIONS, name: insecure-registry, value: ${item} }`)}] }`,
      one: "OPTIONS='--debug --insecure-registry others --insecure-registry one'\n",
      entry: /--insecure-registry two in \S+f/,
    },
    {
      what: 'a registry of podman',
      file: '[[registry]]\nlocation = "others"\n',
      task: (items: string[]) =>
        `- registries_conf: { path: "{{folder}}/f", main: "{{folder}}/main", registries: [${items.map((item) => `{ registry: ${item} }`)}] }`,
      one: '[[registry]]\nlocation = "others"\n\n[[registry]]\nlocation = "one"\n',
      entry: /registry two in \S+f/,
    },
    {
      what: 'a mirror of a registry that was there',
      file: '[[registry]]\nlocation = "others"\n',
      task: (items: string[]) =>
        `- registries_conf: { path: "{{folder}}/f", main: "{{folder}}/main", registries: [{ registry: others, mirrors: [${items.map((item) => `{ registry: ${item} }`)}] }] }`,
      one: '[[registry]]\nlocation = "others"\n\n[[registry.mirror]]\nlocation = "one"\n',
      entry: /registry others mirror two in \S+f/,
    },
    {
      what: 'an account of a registry',
      file: '{\n  "auths": {\n    "others": {\n      "auth": "eDp5"\n    }\n  }\n}\n',
      task: (items: string[]) =>
        `- registry_auths: { path: "{{folder}}/f", reader: docker, accounts: [${items.map((item) => `{ registry: ${item}, username: me, password: canary-${item} }`)}] }`,
      one: `{\n  "auths": {\n    "others": {\n      "auth": "eDp5"\n    },\n    "one": {\n      "auth": "${btoa('me:canary-one')}"\n    }\n  }\n}\n`,
      entry: /two in \S+f/,
    },
  ].map((each) => [each.what, each] as const),
)('%s that the site no longer names goes, and those of others stay', async (_, { file, task, one, entry }) => {
  const { run, fileTask, path } = project();
  writeFileSync(path('f'), file);
  await run(task(['one', 'two']));
  const both = readFileSync(path('f'), 'utf8');
  const reported = await run(task(['one']));
  expect(reported).toMatch(new RegExp(`${entry.source}: kept`));
  expect(readFileSync(path('f'), 'utf8')).toBe(both);
  await run(task(['one']), '--prune');
  expect(readFileSync(path('f'), 'utf8').trim()).toBe(one.trim());
  await run(fileTask('stays'), '--prune');
  expect(readFileSync(path('f'), 'utf8').trim()).toBe(file.trim());
  expect(await run(fileTask('stays'), '--prune')).not.toMatch(heading);
});

test('a line whose value the site changes is no leftover, and goes with its last value', async () => {
  const { run, fileTask, path } = project();
  writeFileSync(path('f'), 'others\n');
  const task = (value: string) => `- line: { path: "{{folder}}/f", regexp: "^level=", line: "level=${value}" }`;
  await run(task('one'));
  expect(await run(task('two'), '--force')).not.toMatch(heading);
  expect(readFileSync(path('f'), 'utf8')).toBe('others\nlevel=two\n');
  await run(fileTask('stays'), '--prune');
  expect(readFileSync(path('f'), 'utf8')).toBe('others\n');
});

test('a line or an account that others changed since is not removed', async () => {
  const { run, fileTask, path } = project();
  writeFileSync(path('f'), 'level=one\n');
  writeFileSync(path('auths'), '{}\n');
  await run('- line: { path: "{{folder}}/f", regexp: "^name=", line: "name=one" }');
  await run(
    '- registry_auths: { path: "{{folder}}/auths", reader: podman, accounts: [{ registry: one, username: me, password: canary }] }',
  );
  writeFileSync(path('f'), 'level=one\nname=theirs\n');
  const theirs = JSON.stringify({ auths: { one: { auth: btoa('they:secret') } } });
  writeFileSync(path('auths'), theirs);
  await run(fileTask('stays'), '--prune');
  expect(readFileSync(path('f'), 'utf8')).toBe('level=one\nname=theirs\n');
  expect(readFileSync(path('auths'), 'utf8')).toBe(theirs);
});

test.each([
  ['with a checksum', `, checksum: "sha256:${createHash('sha256').update('served\n').digest('hex')}"`],
  ['without one', ''],
])('a download %s that the site no longer names goes, unless it was edited since', async (_, more) => {
  const { run, fileTask, path } = project();
  const server = createServer((_, response) => response.end('served\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => void server.close());
  const download = (name: string) =>
    `- get_url: { url: "http://127.0.0.1:${port}/f", dest: "{{folder}}/${name}"${more} }`;
  await run([download('untouched'), download('edited')].join('\n'));
  writeFileSync(path('edited'), 'mine\n');
  const pruned = await run(fileTask('stays'), '--prune');
  expect(pruned).toMatch(/edited: kept \(made by an earlier run, .*, edited since provision wrote it\)/);
  expect([existsSync(path('untouched')), existsSync(path('edited'))]).toEqual([false, true]);
});

test('a role that makes other tasks once it finds its work done names what it made before', async () => {
  const { run, fileTask, folder, path } = project(provision);
  mkdirSync(join(folder, 'roles/careful'), { recursive: true });
  writeFileSync(
    join(folder, 'roles/careful/index.ts'),
    `import { command, defineRole, file, stage } from 'registry-provision';
import { z } from 'zod';
export default defineRole({
  name: 'careful',
  summary: 'Set up once',
  vars: z.object({}),
  tasks: () => [
    command({ title: 'look', cmd: 'test -e ${path('made')} && echo made', always: true, changedWhen: false, failedWhen: false, register: 'found' }),
    stage('set up', (results) => results.get('found').stdout === 'made' ? [] : [file({ path: '${path('made')}', content: 'x' })]),
  ],
});
`,
  );
  const role = '- import_role: { name: careful }';
  await run(role);
  expect(existsSync(path('made'))).toBe(true);
  expect(await run(role, '--prune')).not.toMatch(heading);
  expect(await run(fileTask('stays'), '--prune')).toMatch(/made: changed \(removed\)/);
});

test('a handler of a kind of its own, which no record can make again, was left out without a word', async () => {
  const { run, fileTask, folder, path } = project(provision);
  mkdirSync(join(folder, 'roles/own'), { recursive: true });
  writeFileSync(
    join(folder, 'roles/own/index.ts'),
    `import { defineResource, defineRole, htpasswd, sh } from 'registry-provision';
import { z } from 'zod';
const reread = defineResource({
  kind: 'reread',
  summary: 'Read again',
  params: z.strictObject({ what: z.string() }),
  create: ({ what }) => ({
    kind: 'reread', id: what, provides: [], needs: [], staging: 'path',
    probe: () => sh\`:\`, parse: () => undefined, plan: () => ({ verdict: 'ok' }),
  }),
});
export default defineRole({
  name: 'own',
  summary: 'Accounts',
  vars: z.object({}),
  tasks: () => [
    htpasswd({ path: '${path('accounts')}', accounts: { a: 'one' }, cost: 4, notify: reread({ what: 'accounts', title: 'read accounts' }) }),
  ],
});
`,
  );
  writeFileSync(path('accounts'), 'others:x\n');
  await run('- import_role: { name: own }');
  const pruned = await run(fileTask('stays'), '--prune');
  expect(pruned).toMatch(/a in \S+accounts: changed \(removed a\)/);
  expect(pruned).toMatch(
    /read accounts: kept \(recorded by an earlier run; there is no reread with these parameters here\)/,
  );
  expect(pruned).toContain('do by hand what the handler does');
});
