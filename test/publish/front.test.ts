import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type ProvisionResult, provision, type RunningProvision, startProvision } from '../kit/provision.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { gateway, gatewayEnvironment } from './bucket-kit.js';
import { pulpExport } from './exported-images.js';
import { writeTar } from './published-kit.js';

const amd64 = makeImage({ layers: ['base', 'amd64'] });
const both = makeIndex({ amd64, arm64: makeImage({ layers: ['base', 'arm64'], architecture: 'arm64' }) });
const bucket = `front-${randomBytes(6).toString('hex')}`;

let folder: string;
/** Server over the redirect folder, and one over a folder that a person copies files to. */
let servers: { readonly ours: Served; readonly other: Served };

interface Served {
  readonly process: RunningProvision;
  readonly url: string;
}

async function serve(dataDir: string, ...more: string[]): Promise<Served> {
  const words = ['publish', 'serve', '--data-dir', dataDir, '--listen', '127.0.0.1:0', ...more];
  const process = startProvision(words, { cwd: folder, env: gatewayEnvironment() });
  await vi.waitFor(() => expect(process.said()).toMatch(/http:\/\/\S+:\d+/), { timeout: 20_000 });
  return { process, url: /http:\/\/127\.0\.0\.1:\d+/.exec(process.said())?.[0] ?? '' };
}

/** Writes the file of vendors. */
function write(pull_from: string, access = 'public-policy', web: object = {}): void {
  const apps = {
    'team/web': { source: './web.tar', ...web },
    old: { source: './old.tar', layout: 'v1' },
    plain: { source: './web.tar', layout: 'static' },
  };
  const vendor = { to: `s3://${bucket}`, endpoint: gateway().endpoint, access, pull_from, apps };
  writeFileSync(join(folder, 'vendors.yaml'), JSON.stringify({ vendors: { acme: vendor } }));
}

const publish = async (...words: string[]): Promise<ProvisionResult> =>
  await provision(['publish', ...words], { cwd: folder, env: gatewayEnvironment() });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-front-'));
  for (const name of ['redirects', 'other']) mkdirSync(join(folder, name));
  const files = layoutFiles([
    { image: both, annotations: refName('web:both') },
    { image: amd64, annotations: refName('web:one') },
  ]);
  writeTar(join(folder, 'web.tar'), entriesOf(files));
  const layers = ['base', 'top'].map((word) => ({ word, layer: Buffer.from(`layer ${word}`) }));
  writeTar(join(folder, 'old.tar'), pulpExport('old', [{ tag: 'latest', layers }]));
  write('http://127.0.0.1:1');
  expect((await publish('setup', 'acme')).status).toBe(0);
  const [ours, other] = await Promise.all([serve('redirects', '--interval', '3'), serve('other', '--interval', '1')]);
  servers = { ours, other };
});
afterAll(async () => {
  for (const { process } of Object.values(servers ?? {})) {
    process.kill('SIGTERM');
    await process.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

it('what is published is pulled through pull_from too, when it has looked at its files', async () => {
  const { url } = servers.ours;
  write(url);
  const first = await publish('publish', 'acme', 'team/web', '--wait', '30');
  expect([first.status, first.stderr.split('\n').slice(-3)]).toEqual([
    0,
    [
      '2 tags pulled without an account',
      `waiting up to 30 s: ${url} has yet to look at its redirect files`,
      `2 tags pulled through ${url}`,
    ],
  ]);
  const again = await publish('publish', 'acme', 'team/web', '--json');
  expect(again.status).toBe(0);
  expect(JSON.parse(again.stdout).pulled).toEqual({
    front: url,
    isProtected: false,
    tags: [
      { tag: 'both', problems: [] },
      { tag: 'one', problems: [] },
    ],
  });
  const old = await publish('publish', 'acme', 'old', '--wait', '30');
  expect([old.status, old.stderr]).toEqual([0, expect.stringContaining(`1 tag pulled through ${url}`)]);
});

it('a server that reads another folder is told by name, with what to do; what was published stays', async () => {
  const { url } = servers.other;
  write(url);
  const { status, stderr } = await publish('publish', 'acme', 'team/web', '--wait', '3');
  expect(status).toBe(2);
  expect(stderr.split('\n').slice(-3)).toEqual([
    `failed both: ${url}/v2/team/web/manifests/both: it answers 404 to GET without an account`,
    `failed one: ${url}/v2/team/web/manifests/one: it answers 404 to GET without an account`,
    `${url} does not know team/web, 3 s after it was published, which stays. Copy acme/acme-team-web.json to the folder that it reads, unless something else does, and publish again`,
  ]);
  // Who copies files by hand does not ask.
  const unasked = await publish('publish', 'acme', 'team/web', '--wait', '0');
  expect([unasked.status, unasked.stderr]).toEqual([0, expect.not.stringContaining(url)]);
  cpSync(join(folder, 'redirects'), join(folder, 'other'), { recursive: true });
  expect((await publish('publish', 'acme', 'team/web', '--wait', '30')).status).toBe(0);
  // The layout static has no redirect file, and nothing to do with it.
  const { status: plain, stderr: told } = await publish('publish', 'acme', 'plain');
  expect([plain, told]).toEqual([0, expect.not.stringContaining(url)]);
});

it('nobody sees a protected application without a certificate, and it is told where somebody does', async () => {
  const { url } = servers.ours;
  const settings = [url, 'private', { protected: true }] as const;
  // The policy of the bucket still lets everybody read: the server alone is asked.
  write(...settings);
  const right = await publish('publish', 'acme', 'team/web', '--wait', '30');
  expect([right.status, right.stderr]).toEqual([
    0,
    expect.stringContaining(`2 tags hidden by ${url} from who has no certificate`),
  ]);
  const open = servers.other.url; // It has the file of before.
  write(open, 'private', { protected: true });
  const wrong = await publish('publish', 'acme', 'team/web', '--wait', '3');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toMatch(
    /failed both: \S+\/v2\/team\/web\/manifests\/both: it leads to \S+ without a certificate, and should answer 404/,
  );
  expect(wrong.stderr).toContain(
    `${open} does not hide team/web as it should, 3 s after it was published, which stays`,
  );
});

it('a server that is not there, and content that nobody may read, are told', async () => {
  write('http://127.0.0.1:1');
  const unreached = await publish('publish', 'acme', 'team/web', '--wait', '3');
  expect([unreached.status, unreached.stderr]).toEqual([
    2,
    expect.stringMatching(
      /failed one: could not read http:\/\/127\.0\.0\.1:1\/.*\nhttp:.* does not give all of team\/web/,
    ),
  ]);
  const closed = `closed-${randomBytes(6).toString('hex')}`;
  write(servers.ours.url, 'private');
  const text = JSON.stringify({
    vendors: {
      acme: {
        to: `s3://${closed}`,
        endpoint: gateway().endpoint,
        pull_from: servers.ours.url,
        apps: { shut: { source: './web.tar' } },
      },
    },
  });
  writeFileSync(join(folder, 'vendors.yaml'), text);
  expect((await publish('setup', 'acme')).status).toBe(0);
  const { status, stderr } = await publish('publish', 'acme', 'shut', '--wait', '6');
  expect(status).toBe(2);
  expect(stderr).toMatch(/failed both: \S+\/v2\/shut\/manifests\/both, which leads to \S+: it answers 403 to GET/);
  // Through a service with an account of the bucket it is pulled.
  const signing = await serve(
    'redirects',
    '--store',
    `s3://${closed}`,
    '--presign',
    '--s3-endpoint',
    gateway().endpoint,
  );
  writeFileSync(join(folder, 'vendors.yaml'), text.replaceAll(servers.ours.url, signing.url));
  const signed = await publish('publish', 'acme', 'shut');
  expect([signed.status, signed.stderr]).toEqual([0, expect.stringContaining(`2 tags pulled through ${signing.url}`)]);
  signing.process.kill('SIGTERM');
  await signing.process.ended;
});
