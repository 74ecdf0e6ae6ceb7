import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InputError } from '../diagnostics/diagnostic.js';
import { defineRole } from '../model/role.js';
import { file } from '../resources/files/file.js';
import { use } from '../site/modules/define-site.js';
import { run } from './run.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'library-'));
  mkdirSync(join(folder, 'out/etc'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (path: string) => join(folder, path);
const motd = defineRole({
  name: 'motd',
  summary: 'Say hello',
  vars: z.object({ motd: z.string().default('hello') }),
  tasks: ({ vars }) => [file({ path: '/etc/motd', content: `${vars.motd}\n` })],
});

let sites = 0;

async function mistakesOf(text: string) {
  sites += 1; // A module is imported once in a process.
  const site = inFolder(`site${sites}.ts`);
  writeFileSync(site, text);
  const caught: unknown = await run({ site, root: inFolder('out') }).catch((error) => error);
  if (!(caught instanceof InputError)) throw caught;
  return caught.diagnostics.map(({ place, message, hint }) =>
    `${place?.line}:${place?.column} ${message} (${hint})`.replaceAll(folder, ''),
  );
}

describe('run', () => {
  it('runs plays with roles and tasks of the program, and says how each task ended', async () => {
    const site = [
      {
        hosts: 'localhost',
        roles: [use(motd, { motd: 'ours' })],
        tasks: [file({ path: '/etc/a', content: 'a' }), { debug: { msg: '{{greeting}}' } }],
      },
    ];
    const options = { site, root: inFolder('out'), vars: { greeting: 'hi' } };
    const first = await run(options);
    expect(first.tasks.map(({ role, task, outcome }) => [role, task, outcome])).toEqual([
      ['motd', 'file /etc/motd', 'changed'],
      ['tasks', 'file /etc/a', 'changed'],
      [undefined, 'debug hi', 'ok'],
    ]);
    expect(readFileSync(inFolder('out/etc/motd'), 'utf8')).toBe('ours\n');
    const second = await run({ ...options, check: true });
    expect(second).toMatchObject({ exitStatus: 0, problems: {}, hosts: { localhost: { changed: 0, ok: 3 } } });
  });

  it('runs a site in TypeScript, with roles beside it', async () => {
    mkdirSync(inFolder('roles/hello'), { recursive: true });
    const role = `import { z } from 'zod';
      import { defineRole, file } from 'registry-provision';
      const vars = z.object({ text: z.string() });
      export default defineRole({ name: 'hello', summary: '', vars, tasks: (c) => [file({ path: '/etc/hello', content: c.vars.text })] });`;
    writeFileSync(inFolder('roles/hello/index.ts'), role);
    const site = `import { defineSite, use, file } from 'registry-provision';
      import hello from './roles/hello/index.ts';
      export default defineSite(async () => [
        { hosts: 'localhost', roles: [use(hello, { text: 'from a role' })] },
        { hosts: 'localhost', tasks: ({ facts }) => [file({ path: '/etc/kernel', content: facts.kernel })] },
      ]);`;
    writeFileSync(inFolder('site.ts'), site);
    const { exitStatus, hosts } = await run({ site: inFolder('site.ts'), root: inFolder('out') });
    expect([exitStatus, hosts.localhost?.changed]).toEqual([0, 2]);
    expect(readFileSync(inFolder('out/etc/hello'), 'utf8')).toBe('from a role');
  });

  it('says where a mistake in such a site is, as near as can be told, and why one cannot be imported', async () => {
    expect(await mistakesOf("export default [{ hosts: 'localhost', taskz: [] }];")).toMatchInlineSnapshot(`
      [
        "1:39 unknown key "taskz" (did you mean "tasks"?)",
      ]
    `);
    expect(
      await mistakesOf(
        "export default [\n  { hosts: 'localhost', roles: [{ role: 'docker-config', vars: { docker_instal: true } }] },\n];",
      ),
    ).toMatchInlineSnapshot(`
      [
        "2:66 the role docker-config has no variable "docker_instal" (did you mean "docker_install"?)",
      ]
    `);
    expect(await mistakesOf('export const plays = [];')).toMatchInlineSnapshot(`
      [
        "undefined:undefined /site3.ts has no default export (export default defineSite([{ hosts: … }]))",
      ]
    `);
    expect(await mistakesOf('export default [{ hosts: ];')).toMatchInlineSnapshot(`
      [
        "1:26 /site4.ts cannot be imported: ParseError: Unexpected token (undefined)",
      ]
    `);
    expect(await mistakesOf("import './missing.js';\nexport default [];")).toMatchInlineSnapshot(`
      [
        "undefined:undefined /site5.ts cannot be imported: Cannot find module './missing.js' (undefined)",
      ]
    `);
    expect(await mistakesOf("throw new Error('no luck');\nexport default [];")).toMatchInlineSnapshot(`
      [
        "undefined:undefined /site6.ts cannot be imported: no luck (undefined)",
      ]
    `);
  });

  it('says how the parameters of a resource are written, where Ansible takes text', async () => {
    const site =
      "export default [{ hosts: 'localhost', tasks: [{ command: 'uname -r' }, { file: 'path=/etc/a mode=0644' }] }];";
    expect(await mistakesOf(site)).toMatchInlineSnapshot(`
      [
        "1:59 command: expected a map of its parameters, found text "uname -r" (write command: { cmd: "uname -r" }; provision explain command has all of them)",
        "1:81 file: expected a map of its parameters, found text "path=/etc/a mode=0644" (write file: { path: … }; provision explain file has all of them)",
      ]
    `);
  });

  it('has hosts that cannot be reached in what it gives', async () => {
    const site = [{ hosts: 'all', tasks: [file({ path: '/etc/a', content: '' })] }];
    const inventory = { all: { hosts: { gone: { host: '127.0.0.1', port: 1 } } } };
    const { exitStatus, problems, tasks } = await run({ site, inventory });
    expect([exitStatus, tasks]).toEqual([4, []]);
    expect(problems.gone).toMatch(/127\.0\.0\.1/);
  });
});
