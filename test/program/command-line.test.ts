import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provision } from '../kit/provision.js';

const folder = mkdtempSync(join(tmpdir(), 'command-line-'));

beforeAll(() => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    'good.yaml',
    '- hosts: localhost\n  tasks:\n    - file: { path: /motd, content: "hello" }\n      tags: [greet]\n',
  );
  write(
    'bad.yaml',
    '- hosts: localhsot\n  tasks:\n    - fiel: { path: /motd }\n    - command: { cmd: "{{nobody}}", always: true }\n',
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const here = (...args: string[]) => provision(args, { cwd: folder });

test('every mistake of a site at once, each at its place, exit 1', async () => {
  const { status, stdout, stderr } = await here('bad.yaml');
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatchInlineSnapshot(`
    "bad.yaml:1:10 error "localhsot" matches no host and no group
      1 | - hosts: localhsot
        |          ^^^^^^^^^
      did you mean "localhost"?

    bad.yaml:3:7 error unknown key "fiel"
      3 |     - fiel: { path: /motd }
        |       ^^^^
      did you mean "file"?

    bad.yaml:4:26 error nobody is not defined
      4 |     - command: { cmd: "{{nobody}}", always: true }
        |                          ^^^^^^

    3 errors; no host was contacted"
  `);
});

test('mistakes on the command line are input too', async () => {
  expect(await here('good.yaml', '--limti', 'web')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('(Did you mean --limit?)'),
  });
  expect(await here('nowhere.yaml')).toMatchObject({ status: 1, stderr: expect.stringContaining('nowhere.yaml') });
  expect(await here('good.yaml', '-K')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('PROVISION_BECOME_PASSWORD'),
  });
  expect(await here('good.yaml', '-i', 'nowhere.yaml')).toMatchObject({ status: 1 });
});

test('looking at a site contacts nobody', async () => {
  expect(await here('good.yaml', '--syntax-check')).toMatchObject({
    status: 0,
    stdout: 'good.yaml: no errors found (1 play, 1 host)',
  });
  const { status, stdout } = await here('good.yaml', '--list-hosts', '--list-tasks', '--list-tags');
  expect(status).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "
    playbook: good.yaml

      play #1 (localhost)	TAGS: []
        hosts (1):
          localhost
        tasks:
          file /motd	TAGS: [greet]
          TASK TAGS: [greet]"
  `);
});

test('--version', async () => {
  expect((await here('--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
});

test('a role in the layout of Ansible was not read, and the role of that name ran without a word', async () => {
  mkdirSync(join(folder, 'roles/podman-config/tasks'), { recursive: true });
  mkdirSync(join(folder, 'roles/nfs/tasks'), { recursive: true });
  for (const role of ['podman-config', 'nfs']) writeFileSync(join(folder, `roles/${role}/tasks/main.yml`), '[]\n');
  writeFileSync(join(folder, 'shadowed.yaml'), '- {hosts: localhost, roles: [podman-config]}\n');
  writeFileSync(join(folder, 'foreign.yaml'), '- {hosts: localhost, roles: [nfs]}\n');
  const shadowed = await here('shadowed.yaml', '--syntax-check');
  expect(shadowed).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/^warning: roles\/podman-config is a role/),
  });
  const run = await here('shadowed.yaml', '--check', '--tags', 'none-such');
  expect(`${run.stdout}${run.stderr}`).toContain('roles/podman-config is a role of Ansible, which is not read');
  const foreign = await here('foreign.yaml');
  expect(foreign.stderr).toContain('write `import_tasks: roles/nfs/tasks/main.yml`');
});

test('advice for an upgrade stood behind a backslash and an n', async () => {
  writeFileSync(join(folder, 'config.yml'), 'storage: {filesystem: {rootdirectory: /nowhere}}\n');
  const { stdout } = await here('registry', 'upgrade-plan', 'config.yml');
  expect(stdout).toMatch(/^ {8}-> \S/m);
  expect(stdout).not.toContain('\\n');
});

test('every run loaded the packages of the service, as lists of images use one of theirs', async () => {
  const loaded = join(folder, 'loaded'); // Node writes there what it has loaded, when it ends.
  const args = ['good.yaml', '--root', folder, '--output', 'lines'];
  expect(await provision(args, { cwd: folder, env: { NODE_V8_COVERAGE: loaded } })).toMatchObject({ status: 0 });
  const text = readdirSync(loaded)
    .map((name) => readFileSync(join(loaded, name), 'utf8'))
    .join();
  const chunks = [...text.matchAll(/dist\/chunks\/([\w-]+)-[\w-]{8}\.js/g)].map(([, name]) => name);
  expect(chunks).toEqual(expect.arrayContaining(['texts', 'run', 'select-tags']));
  expect(chunks).not.toContain('service-packages');
});
