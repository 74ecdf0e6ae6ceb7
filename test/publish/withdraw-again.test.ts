import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveCrane } from '../../src/publish/crane/serve-crane.js';
import type { PublishLayout } from '../../src/publish/layouts/publication.js';
import { chooseArchived } from '../../src/publish/layouts/published-images.js';
import { openPulpExport, pulpExportLayout } from '../../src/publish/layouts/pulp-export.js';
import { pulpLayout } from '../../src/publish/layouts/pulp-layout.js';
import { staticLayout } from '../../src/publish/layouts/static-layout.js';
import { pulpPlaces, staticPlaces, type TreeVersion } from '../../src/publish/layouts/v2-places.js';
import type { ImageRedirect, ManifestRedirect } from '../../src/publish/redirects/redirect.js';
import { folderStore } from '../../src/publish/stores/folder-store.js';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { keptRedirect } from '../../src/publish/vendors/kept-redirect.js';
import { publish } from '../../src/publish/verbs/publish.js';
import { withdrawTags } from '../../src/publish/verbs/withdraw.js';
import { withdrawV1Tags } from '../../src/publish/verbs/withdraw-v1.js';
import { openArchive } from '../../src/registry/archive/open.js';
import { provision, startProvision } from '../kit/provision.js';
import { layoutFiles, type MadeImage, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { gateway, gatewayEnvironment, keysOf } from './bucket-kit.js';
import { pulpExport } from './exported-images.js';
import { run, writeTar } from './published-kit.js';

const shared = makeImage({ layers: ['base', 'shared'] });
const own = makeImage({ layers: ['base', 'own'], architecture: 'arm64' });
const index = makeIndex({ amd64: shared, arm64: own });
const signature = makeImage({ layers: ['signature'] });
const bill = makeImage({ layers: ['bill of materials'], subject: index.raw });
const earlier = makeImage({ layers: ['base', 'own', 'earlier'] });
const signatureTag = `${index.raw.digest.replace(':', '-')}.sig`;

const opened: { close(): Promise<void> }[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'withdraw-again-'));
  archive('earlier', [['latest', earlier]]);
  archive('web', [
    ['latest', shared],
    ['both', index],
    ['one', shared],
    [signatureTag, signature],
    [undefined, bill],
  ]);
  const layers = (...words: string[]) => words.map((word) => ({ word, layer: Buffer.from(`layer ${word}`) }));
  const images = [
    { tag: 'old', layers: layers('base', 'old') },
    { tag: 'new', layers: layers('base', 'new') },
  ];
  writeTar(join(folder, 'old.tar'), pulpExport('old', images));
});
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
  rmSync(folder, { recursive: true, force: true });
});

function archive(name: string, images: readonly (readonly [string | undefined, MadeImage])[]): void {
  const listed = images.map(([tag, image]) => ({
    image,
    ...(tag === undefined ? {} : { annotations: refName(`web:${tag}`) }),
  }));
  writeTar(join(folder, `${name}.tar`), entriesOf(layoutFiles(listed)));
}

/** Repository that is withdrawn from, again and again from the same start. */
interface Case {
  /** Publishes into a store. @returns the redirect file's data */
  readonly fill: (store: ObjectStore) => Promise<Redirects>;
  readonly withdraw: (store: ObjectStore, redirects: Redirects, isDryRun: boolean) => Promise<readonly string[]>;
}
interface Redirects {
  now: ManifestRedirect | ImageRedirect | undefined;
}

async function publishAll(store: ObjectStore, layoutOf: (name: string) => Promise<PublishLayout>, names: string[]) {
  const redirects: Redirects = { now: undefined };
  for (const name of names) {
    const layout = await layoutOf(name);
    const write = async (redirect: ManifestRedirect | ImageRedirect) => {
      redirects.now = redirect;
    };
    const redirect = layout.kind === 'static' ? undefined : { url: 'https://cdn.example.com/web/', write };
    await publish({ layout, store, access: 'private', redirect });
  }
  return redirects;
}

function manifestCase(version: TreeVersion | undefined): Case {
  const places = version === undefined ? staticPlaces('web') : pulpPlaces('web', version);
  const layoutOf = async (name: string) => {
    const source = await openArchive(join(folder, `${name}.tar`));
    opened.push(source);
    const images = chooseArchived(source, undefined);
    return version === undefined
      ? staticLayout(images, 'web')
      : pulpLayout(images, { app: 'web', name: 'web', version });
  };
  return {
    fill: (store) => publishAll(store, layoutOf, ['earlier', 'web']),
    async withdraw(store, redirects, isDryRun) {
      const { tags, manifests, blobs } = await withdrawTags({
        store,
        places,
        name: 'web',
        access: 'private',
        tags: ['both'],
        wait: 0,
        isDryRun,
        async writeRedirect(kept) {
          // An interrupted change leaves the file as it was.
          if (redirects.now === undefined || redirects.now.version === 1) return;
          const next = keptRedirect(redirects.now, places, kept);
          await store.head('redirect');
          redirects.now = next;
        },
      });
      return [...tags, ...manifests, ...blobs];
    },
  };
}

const imageCase: Case = {
  fill: (store) =>
    publishAll(store, async () => {
      const found = await openPulpExport(join(folder, 'old.tar'));
      if (found === undefined) throw new Error('it is an export');
      opened.push(found.tree);
      return pulpExportLayout(found, { app: 'old', name: 'old', mask: new Set() });
    }, ['old']),
  withdraw: (store, redirects, isDryRun) =>
    withdrawV1Tags({
      store,
      folder: 'old/',
      name: 'old',
      tags: ['old'],
      wait: 0,
      isDryRun,
      readRedirect: () => (redirects.now?.version === 1 ? redirects.now : undefined),
      async writeRedirect(next) {
        await store.head('redirect');
        redirects.now = next;
      },
    }),
};

/** Store whose process is killed at a change: a key that is stored or deleted, or the redirect file, which asks for one. */
function mortal(store: ObjectStore, changes: number): { readonly store: ObjectStore; readonly count: () => number } {
  let count = 0;
  const change = async (work: () => Promise<void>) => {
    if (count === changes) throw new Error('killed');
    count += 1;
    await work();
  };
  return {
    count: () => count,
    store: {
      name: store.name,
      url: store.url,
      traffic: store.traffic,
      list: (prefix) => store.list(prefix),
      read: (key, most) => store.read(key, most),
      open: (key, from) => store.open(key, from),
      upload: (object, read) => store.upload(object, read),
      async head() {
        await change(async () => {});
        return undefined;
      },
      put: (object, bytes) => change(() => store.put(object, bytes)),
      async delete(keys) {
        for (const key of keys) await change(() => store.delete([key]));
      },
      close: () => store.close(),
    },
  };
}

it.each<[string, Case]>([
  ['a redirect file of version 4', manifestCase(4)],
  ['a redirect file of version 2', manifestCase(2)],
  ['the layout static', manifestCase(undefined)],
  ['images of v1', imageCase],
])('a withdrawal that was killed at any change goes on when it is done again: %s', async (title, {
  fill,
  withdraw,
}) => {
  const start = join(folder, `start ${title}`);
  const filled = await fill(folderStore(start));
  const attempt = async (changes: number) => {
    const at = join(folder, `at ${changes} ${title}`);
    cpSync(start, at, { recursive: true, preserveTimestamps: true });
    const redirects = { ...filled };
    const store = folderStore(at);
    const limited = mortal(store, changes);
    const outcome = await withdraw(limited.store, redirects, false).catch(String);
    return { at, store, redirects, outcome, count: limited.count() };
  };
  const whole = await attempt(Number.POSITIVE_INFINITY);
  const expected = await keysOf(whole.store);
  const planned = await withdraw(folderStore(start), { ...filled }, true);
  expect(whole.outcome).toEqual(planned);
  expect(expected.filter((key) => key.includes('withdrawn'))).toEqual([]);
  for (let changes = 0; changes < whole.count; changes += 1) {
    const { at, store, redirects, outcome } = await attempt(changes);
    expect(outcome).toBe('Error: killed');
    expect(await keysOf(store)).toEqual(expect.arrayContaining(expected.filter((key) => !key.endsWith('tags/list'))));
    const planned = await withdraw(store, redirects, true);
    expect(await withdraw(store, redirects, false)).toEqual(planned);
    expect([changes, await keysOf(store), redirects.now]).toEqual([changes, expected, whole.redirects.now]);
    rmSync(at, { recursive: true });
  }
});

it('what is needed stays: an earlier publication by its digest, and blobs that it shares', async () => {
  const store = folderStore(join(folder, 'earlier'));
  const { fill, withdraw } = manifestCase(4);
  const redirects = await fill(store);
  await withdraw(store, redirects, false);
  const keys = await keysOf(store);
  const blobs = [...earlier.blobs.keys()].filter((digest) => digest !== earlier.raw.digest);
  expect(keys).toEqual(expect.arrayContaining(blobs.map((digest) => `web/blobs/${digest}`)));
  expect(redirects.now).toMatchObject({ schema2: expect.arrayContaining([earlier.raw.digest]), lists: [] });
  expect(JSON.stringify(redirects.now)).not.toContain(bill.raw.digest);
});

it('what is published again in the wait stays, and a note that says nothing of the kind is an error', async () => {
  const store = folderStore(join(folder, 'republished'));
  const { fill, withdraw } = manifestCase(4);
  const redirects = await fill(store);
  const before = await keysOf(store);
  const { store: killed } = mortal(store, 8);
  await expect(withdraw(killed, redirects, false)).rejects.toThrow('killed');
  expect(await keysOf(store)).toContain('web/blobs/.withdrawn');
  const again = await fill(store);
  expect(await keysOf(store)).toEqual(before);
  const bytes = Buffer.from('[]');
  const sha256 = '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945';
  const note = {
    key: 'web/blobs/.withdrawn',
    size: 2,
    sha256,
    contentType: 'application/json',
    access: 'private',
  } as const;
  await store.put(note, bytes);
  await expect(withdraw(store, again, false)).rejects.toMatchObject({ kind: 'corrupt' });
  expect((await keysOf(store)).length).toBe(before.length + 1);
});

it('killed in its wait, it is told by status, and goes on by the same command: other applications are pulled', async () => {
  const bucket = `again-${randomBytes(6).toString('hex')}`;
  const env = gatewayEnvironment();
  const vendor = {
    to: `s3://${bucket}/images`,
    endpoint: gateway().endpoint,
    access: 'public-policy',
    apps: {
      'team/web': { source: './web.tar' },
      'team/other': { source: './web.tar' },
      old: { source: './old.tar', layout: 'v1' },
      plain: { source: './web.tar', layout: 'static' },
    },
  };
  writeFileSync(join(folder, 'vendors.yaml'), JSON.stringify({ vendors: { acme: vendor } }));
  const publishing = async (...words: string[]) => await provision(['publish', ...words], { cwd: folder, env });
  expect((await publishing('setup', 'acme')).status).toBe(0);
  for (const app of Object.keys(vendor.apps)) expect((await publishing('publish', 'acme', app)).status).toBe(0);
  const { endpoint, region, accessKey, secretKey } = gateway();
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const store = await s3Store({ bucket, endpoint, region, credentials, prefix: 'images' });
  const others = async () => (await keysOf(store)).filter((key) => !/^(?:team-web|old|v2\/plain)\//.test(key));
  const untouched = await others();
  const killInWait = async (...words: string[]) => {
    const child = startProvision(['publish', 'withdraw', 'acme', ...words, '--wait', '300'], { cwd: folder, env });
    await expect.poll(() => child.said(), { timeout: 20_000 }).toContain('waiting 300 s');
    child.kill('SIGKILL');
    await child.ended;
  };
  for (const [app, key] of [
    ['team/web', 'team-web/'],
    ['old', 'old/'],
    ['plain', 'v2/plain/'],
  ] as const) {
    await killInWait(app, '--all');
    const left = (await keysOf(store, key)).filter((each) => !each.endsWith('/blobs/.withdrawn'));
    expect(left.length).toBeGreaterThan(0);
    const status = await publishing('status', 'acme', app);
    expect([status.status, status.stdout]).toEqual([
      3,
      expect.stringMatching(
        new RegExp(
          `  left by a withdrawal that did not end: ${left.length} objects, .*\n  to end it: .* withdraw acme ${app}(?:\n|$)`,
        ),
      ),
    ]);
    const dry = await publishing('withdraw', 'acme', app, '--dry-run');
    expect(dry.stdout.split('\n').sort()).toEqual(
      left.map((each) => `would delete s3://${bucket}/images/${each}`).sort(),
    );
    // The same command, or without tags.
    const more = app === 'old' ? [] : ['--all'];
    const { status: ended, stderr } = await publishing('withdraw', 'acme', app, ...more, '--wait', '0');
    expect([ended, stderr]).toEqual([0, expect.stringContaining(`${left.length} objects deleted`)]);
    // Nobody left the note, and nothing of the application but an earlier one's.
    expect(await keysOf(store, key)).toEqual([]);
    expect(existsSync(join(folder, 'redirects/acme', `acme-${app.replace('/', '-')}.json`))).toBe(false);
  }
  expect(await others()).toEqual(untouched);
  const none = await publishing('withdraw', 'acme', 'team/web', '--wait', '0');
  expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('no tag is named')]);
  const errorLog = new Writable({ write: (_chunk, _encoding, done) => done() });
  const crane = await serveCrane({ dataDir: join(folder, 'redirects'), host: '127.0.0.1', port: 0, errorLog });
  const to = join(folder, 'pulled');
  const from = `docker://${new URL(crane.url).host}/team/other:both`;
  await run('skopeo', 'copy', '--quiet', '--all', '--src-tls-verify=false', from, `dir:${to}`);
  expect(readFileSync(join(to, 'manifest.json'))).toEqual(Buffer.from(index.raw.bytes));
  await Promise.all([crane.close(), store.close()]);
});
