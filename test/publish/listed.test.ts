import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { provision } from '../kit/provision.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { newBucket } from './bucket-kit.js';
import { publishTo, writeTar } from './published-kit.js';
import { type SourceRegistry, sourceRegistry } from './source-registry.js';

const base = makeImage({ layers: ['base'] });
const web = makeImage({ layers: ['base', 'web'] });
const both = makeIndex({ amd64: base, arm64: makeImage({ layers: ['arm64'], architecture: 'arm64' }) });

let folder: string;
let source: SourceRegistry;
let other: SourceRegistry;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-listed-'));
  source = await sourceRegistry({
    'team/web': { '1.0': web, '1.1': both, '2.0': base },
    'team-web': { '1.0': base },
    db: { '5': base, '6': both },
  });
  other = await sourceRegistry({ db: { '5': web } });
});
beforeEach(() => {
  source.takeCounts();
});
afterAll(async () => {
  await Promise.all([source.close(), other.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a list in which HOST stands for the registry, and OTHER for another. */
function write(file: string, text: string): string {
  writeFileSync(join(folder, file), text.replaceAll('HOST', source.host).replaceAll('OTHER', other.host));
  return file;
}
const inFolder = (...words: string[]) => provision(['publish', '--to', ...words], { cwd: folder });
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
/** Returns the tags of repositories of the layout static. */
const tagsIn = (to: string) =>
  Object.fromEntries(
    read(`${to}/v2/_catalog`).repositories.map((name: string) => [name, read(`${to}/v2/${name}/tags/list`).tags]),
  );

it.each([
  ['one image a line', 'images.txt', 'HOST/team/web:1.0\nHOST/db:5\nHOST/team/web:1.1\n'],
  [
    'our own form',
    'images.yaml',
    'images:\n  - { name: HOST/team/web, include: "1.*" }\n  - { name: HOST/db, tags: ["5"] }\n',
  ],
  [
    "skopeo sync's form",
    'skopeo.yaml',
    'HOST:\n  tls-verify: false\n  images:\n    db: ["5"]\n  images-by-tag-regex:\n    team/web: ^1[.]\n',
  ],
])('each repository of a list is an application: %s', async (_form, file, text) => {
  const { status, stderr } = await inFolder(`by-${file}`, '--list', write(file, text));
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^team\/web: \d+ objects stored, /m)]);
  expect(tagsIn(`by-${file}`)).toEqual({ db: ['5'], 'team/web': ['1.0', '1.1'] });
});

it('a namespace, names of the target and a registry of what has none', async () => {
  const lists = [
    write('named.yaml', '- { name: team/web, tag: "1.0", target: site }\n- db:5\n'),
    write('named.txt', 'OTHER/db:5=shop/db:1\n'),
  ].flatMap((file) => ['--list', file]);
  const { status, stderr } = await inFolder('named', 'acme', ...lists, '--from', `http://${source.host}`, '--json');
  expect([status, stderr]).toEqual([0, '']);
  expect(tagsIn('named')).toEqual({ 'acme/db': ['5'], 'acme/shop/db': ['1'], 'acme/site': ['1.0'] });
});

it('an archive gives what a list names', async () => {
  const files = layoutFiles([
    { image: web, annotations: refName('team/web:1.0') },
    { image: base, annotations: refName('db:5') },
    { image: base, annotations: refName('db:6') },
  ]);
  writeTar(join(folder, 'all.tar'), entriesOf(files));
  writeFileSync(join(folder, 'some.txt'), 'team/web:1.0\ndb:6\n');
  const { status, stderr } = await inFolder('archived', '--list', 'some.txt', '--from', './all.tar');
  expect([status, stderr]).toEqual([0, expect.stringContaining('stored')]);
  expect(tagsIn('archived')).toEqual({ db: ['6'], 'team/web': ['1.0'] });
});

it('in a bucket, for Crane: a redirect file for each, and all may read', async () => {
  const { bucket } = await newBucket();
  mkdirSync(join(folder, 'redirects'));
  const list = write('crane.txt', 'HOST/team/web:1.1\nHOST/db:5\nHOST/db:6\n');
  const words = [bucket, '--list', list, '--layout', 'pulp', '--redirects', 'redirects', '--public-policy'];
  const { status, stderr } = await publishTo(words, folder);
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/^team\/web: 1 tag pulled.*\ndb: .*\ndb: 2 tags pulled without an account$/m),
  ]);
  expect(stderr).toContain(`allow everybody to read ${bucket}/team-web/*, ${bucket}/db/*`);
  expect(readdirSync(join(folder, 'redirects')).sort()).toEqual(['db.json', 'team-web.json']);
  expect(read('redirects/team-web.json')).toMatchObject({ 'repo-registry-id': 'team/web', repository: 'team-web' });
  expect(read('redirects/db.json')).toMatchObject({ manifest_list_data: ['6', both.raw.digest] });
  expect((await publishTo(words, folder)).stderr).toMatch(/^team\/web: 0 objects stored/m);
});

it('with --json there is one report, with one of each application', async () => {
  const list = write('json.txt', 'HOST/team/web:1.0\nHOST/db:5\n');
  const { stdout } = await inFolder('reported', '--list', list, '--json');
  const { apps } = JSON.parse(stdout);
  expect(apps.map(({ name, tags }: { name: string; tags: string[] }) => [name, tags])).toEqual([
    ['team/web', ['1.0']],
    ['db', ['5']],
  ]);
});

const digest = base.raw.digest;
it.each<[string, string, readonly string[], string]>([
  ['no images', '# none yet\n', [], 'bad.txt: there are no images to publish'],
  ['a digest alone', `HOST/db:5\nHOST/team/web@${digest}\n`, [], 'bad.txt:2:1'],
  [
    'two repositories by one name',
    'HOST/db:5\nOTHER/db:6\n',
    [],
    'OTHER/db would be published as db, and so is HOST/db',
  ],
  ['two repositories by one name and tag', 'HOST/db:5\nOTHER/db:5\n', [], 'bad.txt:2) would both become db:5'],
  ['two repositories in one folder', 'HOST/team/web:1.0\nHOST/team-web:1.0\n', ['--layout', 'pulp'], 'bad.txt:2:1'],
  ['a tag that is not there', 'HOST/db:5\nHOST/team/web:1.0\nHOST/team/web:9\n', [], 'does not have team/web:9'],
  ['a name that is no folder', `HOST/db:5=${'a'.repeat(130)}\n`, ['--layout', 'pulp'], "can't be the name of an app"],
  ['a line that is no image', 'HOST/db:5\nHOST/DB:5\n', [], 'bad.txt:2:1'],
  ['no registry', 'HOST/db:5\nteam/web:1.0\n', [], 'an entry of the list names no registry, and no --from is given'],
  ['a tag of the command', 'HOST/db:5\n', ['--tag', '5'], '--tag is for one repository'],
  ['a name', 'HOST/db:5\n', ['--name', 'x'], '--name is for one repository'],
  ['one redirect file', 'HOST/db:5\n', ['--redirect-file', 'x.json'], 'give --redirects FOLDER'],
  [
    'a folder that is not there',
    'HOST/db:5\n',
    ['--layout', 'pulp', '--redirects', 'none', '--url', 'https://x'],
    'there is no folder',
  ],
  ['a namespace that is none', 'HOST/db:5\n', ['Acme'], `"Acme" can't be the name of a repository`],
  ['a source', 'HOST/db:5\n', ['acme', 'source'], 'words do not say where a list is published'],
  ['no such list', '', ['--list', 'none.yaml'], 'cannot read none.yaml'],
])('%s: refused before anything is stored', async (_what, text, more, reason) => {
  const words =
    more[0]?.startsWith('-') === false
      ? [...more, '--list', write('bad.txt', text)]
      : ['--list', write('bad.txt', text), ...more];
  const { status, stderr } = await inFolder('refused', ...words);
  expect(status).toBe(1);
  expect(stderr).toContain(reason.replaceAll('HOST', source.host).replaceAll('OTHER', other.host));
  expect(existsSync(join(folder, 'refused'))).toBe(false);
});

it('a pattern that matches nothing is named with its repository and its place', async () => {
  const list = write('none.yaml', 'images:\n  - HOST/db:5\n  - name: HOST/team/web\n    include: ["9.*", "/x+/"]\n');
  const { status, stderr } = await inFolder('refused', '--list', list);
  expect([status, stderr]).toEqual([1, expect.stringContaining(`no tag of ${source.host}/team/web matches 9.*, /x+/`)]);
  expect(stderr).toContain('none.yaml:3:5');
  expect(existsSync(join(folder, 'refused'))).toBe(false);
});

it('a repository that several entries list is listed once', async () => {
  const list = write('often.yaml', '- { name: HOST/db, include: "5" }\n- { name: HOST/db, include: "[56]" }\n');
  expect((await inFolder('often', '--list', list)).status).toBe(0);
  expect(tagsIn('often')).toEqual({ db: ['5', '6'] });
  expect(source.takeCounts()).toMatchObject({ 'GET tags': 1 });
});
