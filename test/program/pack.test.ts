import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../kit/provision.js';

/* The package as its users get it: packed, installed into an empty folder, used from there. */
const folder = mkdtempSync(join(tmpdir(), 'packed-'));
let packed: readonly string[] = [];
let packedBytes = 0;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const bin = (name: string, ...args: string[]) =>
  execa(join(folder, 'node_modules/.bin', name), args, { cwd: folder, reject: false, stdin: 'ignore' });

beforeAll(async () => {
  // What npm does before it packs, without building anew what other tests are running.
  await execa('npm', ['run', 'prepack'], { cwd: checkout });
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [made] = JSON.parse((await execa('npm', pack, { cwd: checkout })).stdout);
  packed = made.files.map(({ path }: { path: string }) => path);
  packedBytes = made.size;
  // Compiled parts of ssh2, which does without, would take longer than all else here.
  write('package.json', '{ "private": true, "allowScripts": { "cpu-features": false, "ssh2": false } }\n');
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, made.filename)];
  await execa('npm', install, { cwd: folder });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the packages that built files import, types included. The starter's role, a text, imports this one. */
function importedPackages(): ReadonlySet<string> {
  const texts = packed
    .filter((path) => path.startsWith('dist/') && /\.(js|d\.ts)$/.test(path))
    // Errors of the SDK of S3 tell what to import for regions that nobody here names.
    .map((path) =>
      readFileSync(join(checkout, path), 'utf8').replaceAll(
        /such as \[import ["'][^"']+["'];\]|\[require\(["'][^"']+["']\);\]/g,
        '',
      ),
    );
  const imports =
    /(?:^(?:import|export)\b.*? from |^import |\bimport\(|\brequire\(|\bimport\.meta\.url\)\.href\)\()["']([a-z@][\w@./-]*)["']/gm;
  const names = texts.flatMap((text) => [...text.matchAll(imports)].map(([, name = '']) => packageOf(name)));
  return new Set(names.filter((name) => !isBuiltin(name) && name !== 'registry-provision'));
}

function packageOf(module: string): string {
  return module.split('/', module.startsWith('@') ? 2 : 1).join('/');
}

const role = `import { defineRole, file } from 'registry-provision';
import { z } from 'zod';

export default defineRole({
  name: 'greeting',
  summary: 'Says hello',
  vars: z.object({ greeting: z.string().describe('What to say') }),
  tasks: ({ vars }) => [file({ path: '/etc/motd', content: vars.greeting })],
});
`;

describe('the package', () => {
  it('holds what it runs on, and neither tests nor sources', () => {
    expect(packed).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/src/cli/main.js']));
    expect(packed).toEqual(expect.arrayContaining(['dist/src/index.d.ts', 'templates/etc/exports.hbs']));
    expect(packed).toEqual(
      expect.arrayContaining(['dist/src/service-client/connect.js', 'docs/reference/openapi.json']),
    );
    expect(packed.filter((path) => /\.test\.|^(src|test|bench|scripts)\//.test(path))).toEqual([]);
    expect(packed.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    expect(packed.filter((path) => path.endsWith('.map'))).toEqual([]);
  });

  it('has no more files and bytes than it needs', () => {
    // 370 and 1.18 MB before the service, which brings a web server, two databases' drivers and its own code, 440 and 1.65 MB
    // before its pages, hooks and metrics. Types are a file for each entry; of one a module they were 163.
    // 1.96 MB before the answers of Crane, 2.01 before the SDK of S3, which is read when a bucket is opened.
    expect(packed.length).toBeLessThan(400);
    expect(packedBytes).toBeLessThan(2_250_000);
  });

  it('depends on the packages that it imports, and on no others', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(join(checkout, 'package.json'), 'utf8'),
    );
    const imported = [...importedPackages()];
    // Those of OpenTelemetry are there for who wants traces, and bring their own API.
    const optional = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional === true);
    expect(imported.filter((name) => !optional.includes(name)).sort()).toEqual(Object.keys(dependencies).sort());
    expect(optional).toEqual(Object.keys(peerDependencies));
    expect(optional.filter((name) => !imported.includes(name))).toEqual(['@opentelemetry/api']);
  });

  it('has the licences of what is bundled in it', () => {
    const licenses = readFileSync(join(checkout, 'dist/LICENSES.txt'), 'utf8');
    expect(licenses).toMatch(/^commander [\d.]+ \(MIT\)$/m);
    expect(readFileSync(join(checkout, 'dist/registry-program/LICENSES.txt'), 'utf8')).toContain('bcryptjs');
  });

  it("runs a site with a role of the user's in TypeScript, and a template that takes the place of its own", async () => {
    write('roles/greeting/index.ts', role);
    write('templates/etc/exports.hbs', '# ours\n{{#each exports}}{{path}} *(ro)\n{{/each}}');
    write('inventory.yaml', 'all: { hosts: { image: { connection: local, root: out } } }\n');
    const vars = '{ greeting: hello, nfs_exports: [{ path: /srv/images, clients: "*(rw)" }] }';
    write('site.yaml', `- hosts: all\n  vars: ${vars}\n  roles: [greeting, nfs-export]\n`);
    mkdirSync(join(folder, 'out/etc'), { recursive: true });
    const first = await bin('provision', 'site.yaml');
    expect(first, first.stdout).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(join(folder, 'out/etc/motd'), 'utf8')).toBe('hello');
    expect(readFileSync(join(folder, 'out/etc/exports'), 'utf8')).toBe('# ours\n/srv/images *(ro)\n');
    expect((await bin('provision', 'site.yaml')).stdout).toMatch(/image +: ok=\d+ +changed=0 .*failed=0/);
  });

  it('starts a new site in which no error is found, with a package.json that depends on this version', async () => {
    const started = await bin('provision', 'init', 'new');
    expect(started).toMatchObject({ exitCode: 0, stderr: '' });
    expect(started.stdout).toMatchInlineSnapshot(`
      "  new/package.json
        new/site.yaml
        new/inventory.yaml
        new/roles/motd/index.ts
        new/tsconfig.json
        new/.gitignore

      Next:
        cd new
        npm install                                   installs this tool here
        npx --no provision site.yaml --syntax-check   checks the site; contacts no host
        edit inventory.yaml                           the addresses of your hosts
        npx --no provision doctor -i inventory.yaml   checks that the hosts can be reached and worked with
        npx --no provision site.yaml --check --diff   prints what would change
        npx --no provision site.yaml                  changes it

      The npm package of this tool is registry-provision; "provision" is another project. \`--no\` makes
      npx run what is installed here and fetch nothing."
    `);
    expect(readFileSync(join(folder, 'new/package.json'), 'utf8')).toMatchInlineSnapshot(`
      "{
        "private": true,
        "type": "module",
        "dependencies": {
          "registry-provision": "0.1.0",
          "zod": "^4.6.7"
        },
        "allowScripts": {
          "cpu-features": true,
          "ssh2": true
        }
      }
      "
    `);
    const { stdout } = await bin('provision', 'new/site.yaml', '--syntax-check');
    expect(stdout).toBe('new/site.yaml: no errors found (3 plays, 2 hosts)');
    expect(await bin('provision', 'init', 'new')).toMatchObject({ exitCode: 1, stdout: '' });
    await bin('provision', 'init', 'typed', '--typescript');
    const typed = await bin('provision', 'typed/site.ts', '--syntax-check');
    expect(typed.stdout).toBe('typed/site.ts: no errors found (3 plays, 2 hosts)');
  });

  it('leaves a package.json that exists as it is, and names what it lacks', async () => {
    const found = '{ "name": "mine", "devDependencies": { "zod": "^4" } }\n';
    write('mine/package.json', found);
    const { stdout } = await bin('provision', 'init', 'mine');
    expect(stdout).toContain('  mine/package.json (exists already, left as it is)\n');
    expect(stdout).toMatch(/^ {2}npm install registry-provision@\d+\.\d+\.\d+ /m);
    expect(readFileSync(join(folder, 'mine/package.json'), 'utf8')).toBe(found);
  });

  it('is a library, with types', async () => {
    write('roles/greeting/index.ts', role);
    const program = `import { expectIdempotent, fakeHost, file, run, testRole, use } from 'registry-provision';
import { connect } from 'registry-provision/client';
import greeting from './roles/greeting/index.js';

const { jobs } = connect({ url: 'http://127.0.0.1:1' });
if (typeof jobs.ended !== 'function') throw new Error('no client');
const role = greeting;
const { changed, host } = await testRole(role, { vars: { greeting: 'hi' } });
await expectIdempotent(role, fakeHost(), { vars: { greeting: 'hi' } });
const site = [{ hosts: 'localhost', roles: [use(role, { greeting: 'hi' })], tasks: [file({ path: '/etc/a', content: 'a' })] }];
const { exitStatus, tasks } = await run({ site, root: 'library' });
console.log(JSON.stringify([changed, host.read('/etc/motd'), exitStatus, tasks.map(({ outcome }) => outcome)]));
`;
    const wrong = `import { run, use, file } from 'registry-provision';
import greeting from './roles/greeting/index.js';
use(greeting, { greeting: 3 });
run({ site: 'site.yaml', chek: true });
file({ path: '/etc/a', contents: '' });
const status: string = (await run({ site: 'site.yaml' })).exitStatus;
import { connect } from 'registry-provision/client';
connect({ url: 'http://127.0.0.1:1' }).registries.create({ host: 'nfs1', readOnly: 'yes' });
`;
    write('program.mts', program);
    write('wrong.mts', wrong);
    mkdirSync(join(folder, 'library/etc'), { recursive: true });
    const options = '--noEmit --strict --module nodenext --target es2022 --skipLibCheck --types node';
    write('package.json', '{ "private": true, "type": "module" }\n');
    const tsc = [join(checkout, 'node_modules/.bin/tsc'), ...options.split(' ')];
    const types = ['--typeRoots', join(checkout, 'node_modules/@types')];
    const checked = await execa(process.execPath, [...tsc, ...types, 'program.mts', 'wrong.mts'], {
      cwd: folder,
      reject: false,
    });
    const mistakes = checked.stdout.split('\n').filter((line) => /^\S/.test(line));
    expect(mistakes.map((line) => line.replace(/:.*/s, ''))).toEqual(
      [3, 4, 5, 6, 8].map((line) => expect.stringMatching(`^wrong.mts\\(${line},`)),
    );
    // As node runs it, with the role compiled.
    write('roles/greeting/index.js', role);
    write('program.mjs', program);
    const ran = await execa(process.execPath, ['program.mjs'], { cwd: folder });
    expect(JSON.parse(ran.stdout)).toEqual([['file /etc/motd'], 'hi', 0, ['changed', 'changed']]);
  });
});
