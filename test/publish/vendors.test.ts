import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CraneServer, serveCrane } from '../../src/publish/crane/serve-crane.js';
import { digestOf } from '../../src/registry/digest.js';
import { type ProvisionResult, provision } from '../kit/provision.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { gateway, gatewayEnvironment } from './bucket-kit.js';
import { pulpExport, v1Id } from './exported-images.js';
import { run, writeTar } from './published-kit.js';

const errorLog = new Writable({ write: (_chunk, _encoding, done) => done() });
const bucket = `acme-${randomBytes(6).toString('hex')}`;
const amd64 = makeImage({ layers: ['base', 'amd64'] });
const arm64 = makeImage({ layers: ['base', 'arm64'], architecture: 'arm64' });
const both = makeIndex({ amd64, arm64 });

let folder: string;
let crane: CraneServer;
const publish = async (...words: string[]): Promise<ProvisionResult> =>
  await provision(['publish', ...words], { cwd: folder, env: gatewayEnvironment() });
const redirectFile = (app: string) => join(folder, 'redirects/acme', `acme-${app}.json`);
const redirect = (app: string) => JSON.parse(readFileSync(redirectFile(app), 'utf8'));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-vendors-'));
  const files = layoutFiles([
    { image: both, annotations: refName('web:both') },
    { image: amd64, annotations: refName('web:one') },
  ]);
  writeTar(join(folder, 'web.tar'), entriesOf(files));
  const layers = ['base', 'top'].map((word) => ({ word, layer: Buffer.from(`layer ${word}`) }));
  writeTar(join(folder, 'old.tar'), pulpExport('old', [{ tag: 'latest', layers }]));
  writeFileSync(
    join(folder, 'vendors.yaml'),
    JSON.stringify({
      vendors: {
        acme: {
          to: `s3://${bucket}/images`,
          endpoint: gateway().endpoint,
          access: 'public-policy',
          apps: { 'team/web': { source: './web.tar' }, old: { source: './old.tar', layout: 'v1' } },
        },
      },
    }),
  );
});
afterAll(async () => {
  await crane?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('setup says first what it would do, does it, and then finds nothing to do', async () => {
  const changes = [
    `create the bucket ${bucket}`,
    `allow everybody to read ${bucket}/images/team-web/*, ${bucket}/images/old/*`,
    `abort unfinished uploads to ${bucket} after 7 days`,
  ];
  const dry = await publish('setup', 'acme', '--dry-run');
  expect([dry.status, dry.stdout]).toEqual([0, changes.map((change) => `would ${change}`).join('\n')]);
  expect((await publish('setup', 'ACME')).stdout).toBe(changes.join('\n'));
  expect((await publish('setup', 'acme')).stdout).toBe('the bucket of acme is as it should be');
});

it('what is not published is said, with what to do', async () => {
  const { status, stdout } = await publish('status', 'acme', 'team/web');
  expect(status).toBe(3);
  expect(stdout).toContain('team/web: not published, 0 objects');
  expect(stdout).toContain('to mend it: provision publish publish acme team/web');
});

it('upload stores without a redirect file; publish writes it, and pulls each tag', async () => {
  expect((await publish('upload', 'acme', 'old')).status).toBe(0);
  expect(existsSync(redirectFile('old'))).toBe(false);
  const uploaded = await publish('status', 'acme', 'old');
  expect([uploaded.status, uploaded.stdout]).toEqual([3, expect.stringContaining('there is no redirect file')]);
  for (const [app, tags] of [
    ['old', '1 tag'],
    ['team/web', '2 tags'],
  ] as const) {
    const { status, stderr } = await publish('publish', 'acme', app);
    expect(stderr).toContain(`${tags} pulled without an account`);
    expect(status).toBe(0);
  }
  expect((await publish('status', 'acme')).status).toBe(0);
});

it('Crane answers from the redirect files, up to the bytes', async () => {
  crane = await serveCrane({ dataDir: join(folder, 'redirects'), interval: 1, host: '127.0.0.1', port: 0, errorLog });
  const file = join(folder, 'vendors.yaml');
  const vendors = JSON.parse(readFileSync(file, 'utf8'));
  vendors.vendors.acme.pull_from = `${crane.url}/`;
  writeFileSync(file, JSON.stringify(vendors));
  const { stdout } = await publish('status', 'acme', 'team/web');
  expect(stdout.split('\n')).toEqual([
    `${crane.url}: answers`,
    expect.stringMatching(/^team\/web: published, \d+ objects, /),
    `  docker pull ${new URL(crane.url).host}/team/web`,
  ]);
  const to = join(folder, 'pulled');
  const from = `docker://${new URL(crane.url).host}/team/web:both`;
  await run('skopeo', 'copy', '--quiet', '--all', '--src-tls-verify=false', from, `dir:${to}`);
  expect(readFileSync(join(to, 'manifest.json'))).toEqual(Buffer.from(both.raw.bytes));
  const layer = await fetch(`${crane.url}/v1/images/${v1Id('top')}/layer`);
  expect(await layer.text()).toBe('layer top');
});

it('status goes on where a source is not there: store and redirect file are compared', async () => {
  const file = JSON.parse(readFileSync(join(folder, 'vendors.yaml'), 'utf8'));
  const { apps } = file.vendors.acme;
  apps.old.source = undefined;
  apps.gone = { source: './gone.tar' };
  file.vendors.acme.apps = { gone: apps.gone, old: apps.old, 'team/web': apps['team/web'] };
  writeFileSync(join(folder, 'sources.yaml'), JSON.stringify(file));
  const { status, stdout } = await publish('status', 'acme', '--vendors', 'sources.yaml');
  expect(status).toBe(3);
  expect(
    stdout
      .split('\n')
      .filter((line) => !line.startsWith('http'))
      .join('\n'),
  ).toMatch(
    /^gone: not published, 0 objects, 0 B\n {2}there is no redirect file\n {2}its source was not compared: .*gone\.tar.*\n {2}to mend it: provision publish publish acme gone SOURCE\nold: store and redirect file agree, 6 objects, .*\n {2}its source was not compared: the file of vendors names no source\n {2}to mend it: .* SOURCE\nteam\/web: published, /,
  );
});

it('publishing from a source that is not there makes no folder, and names the key of the file in hints', async () => {
  const file = JSON.parse(readFileSync(join(folder, 'vendors.yaml'), 'utf8'));
  file.redirects = 'unmade';
  file.vendors.acme.endpoint = 'http://127.0.0.1:1';
  writeFileSync(join(folder, 'unmade.yaml'), JSON.stringify(file));
  const { status, stderr } = await publish('publish', 'acme', 'old', './gone.tar', '--vendors', 'unmade.yaml');
  expect([status, stderr]).toEqual([1, expect.stringContaining('gone.tar')]);
  const unreached = await publish('publish', 'acme', 'old', '--vendors', 'unmade.yaml');
  expect([unreached.status, unreached.stderr]).toEqual([4, expect.stringContaining('(endpoint of the vendor)')]);
  expect(existsSync(join(folder, 'unmade'))).toBe(false);
});

it('withdraw takes the tag first, and what it led to when the wait is over', async () => {
  const dry = await publish('withdraw', 'acme', 'team/web', 'both', '--dry-run');
  expect(dry.stdout).toContain('would delete');
  expect(redirect('team-web').manifest_list_data).toContain('both');
  const going = publish('withdraw', 'acme', 'team/web', 'both', '--wait', '4');
  const child = digestOf(arm64.raw.bytes);
  await expect.poll(() => redirect('team-web').manifest_list_data, { timeout: 20_000 }).not.toContain('both');
  // Who has read the index by then still gets its images.
  expect(redirect('team-web').schema2_data).toContain(child);
  const { status, stderr } = await going;
  expect(stderr).toContain('waiting 4 s: redirects that were given still lead to the content');
  expect(status).toBe(0);
  expect(redirect('team-web')).toMatchObject({ manifest_list_data: [], manifest_list_amd64_tags: {} });
  expect(redirect('team-web').schema2_data).toEqual(expect.arrayContaining(['one', digestOf(amd64.raw.bytes)]));
  expect(redirect('team-web').schema2_data).not.toContain(child);
  // Crane sends on for a tag that it doesn't know, as for one of schema 1; the bucket has none.
  const isThere = async () => (await fetch(`${crane.url}/v2/team/web/manifests/both`)).ok;
  await expect.poll(isThere, { timeout: 10_000 }).toBe(false);
});

it('withdraw touches nothing where the redirect file is of another version than the file of vendors says', async () => {
  const other = JSON.parse(readFileSync(join(folder, 'vendors.yaml'), 'utf8'));
  other.vendors.acme.apps['team/web'].redirect_version = 2;
  writeFileSync(join(folder, 'other.yaml'), JSON.stringify(other));
  const before = readFileSync(redirectFile('team-web'), 'utf8');
  const { status, stderr } = await publish('withdraw', 'acme', 'team/web', '--all', '--vendors', 'other.yaml');
  expect([status, stderr]).toEqual([1, expect.stringContaining('is of version 4, and the file of vendors says 2')]);
  expect(readFileSync(redirectFile('team-web'), 'utf8')).toBe(before);
});

it('withdraw of all leaves no redirect file, in each layout', async () => {
  for (const app of ['team/web', 'old']) {
    const { status } = await publish('withdraw', 'acme', app, '--all', '--wait', '0');
    expect(status).toBe(0);
    expect(existsSync(redirectFile(app.replace('/', '-')))).toBe(false);
  }
  const { stdout } = await publish('status', 'acme');
  expect(stdout).toContain('team/web: not published, 0 objects');
  expect(stdout).toContain('old: not published, 0 objects');
});

it.each([
  [['withdraw', 'acme', 'team/web'], 'no tag is named'],
  [['withdraw', 'acme', 'team/web', 'x', '--all'], '--all is given beside tags'],
  [['withdraw', 'acme', 'old', '--all', '--wait', '0'], 'has no redirect file of version 1'],
  [['withdraw', 'acme', 'team/web', 'nope', '--wait', '0'], 'has no tag nope of team/web'],
  [['publish', 'acme', 'nope'], 'acme has no application "nope"'],
  [['status', 'emca'], 'there is no vendor "emca"'],
  [['status', 'acme', '--vendors', 'none.yaml'], 'there is no file none.yaml of vendors'],
])('%j is refused: %s', async (words, reason) => {
  const { status, stderr } = await publish(...words);
  expect(status).toBeGreaterThan(0);
  expect(stderr).toContain(reason);
});
