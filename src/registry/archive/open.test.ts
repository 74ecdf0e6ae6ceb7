import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { json, layoutFiles, makeImage, makeIndex, refName } from '../../../test/registry/archives/make-image.js';
import { entriesOf, makeTar } from '../../../test/registry/archives/make-tar.js';
import { readAll, readBlob, refusal } from '../../../test/registry/archives/read-all.js';
import { digestOf, hexOf } from '../digest.js';
import { openArchive } from './open.js';
import { layoutBlobPath } from './read/read-oci-layout.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'images.tar');
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});

const one = makeImage({ layers: ['base', 'one'] });
const two = makeImage({ layers: ['base', 'two'], architecture: 'arm64' });
const both = makeIndex({ amd64: one, arm64: two });

function writeTar(files: ReadonlyMap<string, string | Buffer>) {
  writeFileSync(path, makeTar(entriesOf(files)));
}

function writeFolder(files: ReadonlyMap<string, string | Buffer>): string {
  const root = join(folder, 'images');
  for (const [name, content] of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function contents(at: string): Promise<string[]> {
  const archive = await openArchive(at);
  try {
    return [...(await readAll(archive)), ...archive.notices.map((notice) => `(${notice})`)];
  } finally {
    await archive.close();
  }
}

describe('an OCI layout', () => {
  const files = layoutFiles([
    { image: both, annotations: refName('registry.example.com/team/web:1.0') },
    { image: one, annotations: refName('2.0') },
    { image: two },
  ]);
  const wanted = [
    `team/web:1.0 ${both.raw.digest} (${tree(one)}, ${tree(two)})`,
    `:2.0 ${tree(one)}`,
    `: ${tree(two)}`,
  ];

  it('is read as a folder', async () => {
    expect(await contents(writeFolder(files))).toEqual(wanted);
  });

  it('is read as a tar, whatever the order in it', async () => {
    writeTar(files);
    expect(await contents(path)).toEqual(wanted);
    writeTar(new Map([...files].reverse()));
    expect(await contents(path)).toEqual(wanted);
  });

  it('is read as a tar compressed whole, and leaves no file behind', async () => {
    writeFileSync(path, gzipSync(makeTar(entriesOf(files))));
    expect(await contents(path)).toEqual(wanted);
  });

  it('has repositories, tags and heads as a registry has', async () => {
    writeTar(files);
    const archive = await openArchive(path);
    expect(await archive.repositories()).toEqual(['team/web']);
    expect(await archive.tags('team/web')).toEqual(['1.0']);
    expect(await archive.head('team/web', '1.0')).toEqual({
      digest: both.raw.digest,
      mediaType: both.raw.mediaType,
      size: both.raw.bytes.length,
    });
    expect(await archive.head('team/web', '9')).toBeUndefined();
    expect(await archive.head('team/web', digestOf(Buffer.from('another')))).toBeUndefined();
    expect(await refusal(archive.tags('team/other'), folder)).toMatchInlineSnapshot(
      `"not-found: images.tar has no image of team/other"`,
    );
    await archive.close();
  });

  it('may keep its names in an index within the index', async () => {
    const inner = makeIndex({});
    const named = json({
      schemaVersion: 2,
      mediaType: inner.raw.mediaType,
      manifests: [one, two].map(({ raw: { mediaType, digest, bytes } }, index) => ({
        mediaType,
        digest,
        size: bytes.length,
        annotations: refName(`web:${index}`),
      })),
    });
    const outer = layoutFiles([{ image: one }, { image: two }]);
    const descriptor = { mediaType: inner.raw.mediaType, digest: digestOf(named), size: named.length };
    outer
      .set('index.json', json({ schemaVersion: 2, manifests: [descriptor] }))
      .set(layoutBlobPath(digestOf(named)), named);
    writeTar(outer);
    expect(await contents(path)).toEqual([`web:0 ${tree(one)}`, `web:1 ${tree(two)}`]);
  });

  it('may lack some platforms, which it says', async () => {
    const sparse = layoutFiles([{ image: both, annotations: refName('web:1') }]);
    for (const digest of two.blobs.keys()) if (!one.blobs.has(digest)) sparse.delete(layoutBlobPath(digest));
    writeTar(sparse);
    const archive = await openArchive(path);
    expect(archive.notices).toMatchInlineSnapshot(`
      [
        "1 of the manifests that its indexes name is not in it",
      ]
    `);
    expect(await archive.manifest('web', two.raw.digest)).toBeUndefined();
    expect((await archive.manifest('library/web', '1'))?.digest).toBe(both.raw.digest);
    await archive.close();
  });

  it('finds referrers, and does not list them as images', async () => {
    const signature = makeImage({ layers: ['signature'], subject: one.raw });
    writeTar(layoutFiles([{ image: one, annotations: refName('web:1') }, { image: signature }]));
    const archive = await openArchive(path);
    expect(archive.images().map(({ name }) => name)).toEqual(['web:1']);
    expect((await archive.referrers('library/web', one.raw.digest)).map(({ digest }) => digest)).toEqual([
      signature.raw.digest,
    ]);
    await archive.close();
  });

  it('with two images of one name wants the digest', async () => {
    writeTar(
      layoutFiles([
        { image: one, annotations: refName('a.example.com/web:1') },
        { image: two, annotations: refName('b.example.com/web:1') },
      ]),
    );
    const archive = await openArchive(path);
    expect(await refusal(archive.head('web', '1'), folder)).toMatchInlineSnapshot(
      `"input: images.tar has different images for web:1: a.example.com/web:1, b.example.com/web:1 | name the one you mean by its digest"`,
    );
    expect((await archive.head('web', two.raw.digest))?.digest).toBe(two.raw.digest);
    await archive.close();
  });

  it("has docker's names where manifest.json alone has them (docker 25 and later)", async () => {
    const saved = layoutFiles([
      { image: one },
      { image: two, annotations: { 'io.containerd.image.name': 'docker.io/library/two:2' } },
    ]);
    const Config = layoutBlobPath(digestOf(one.config));
    saved.set('manifest.json', json([{ Config, RepoTags: ['one:1', 'example.com/one:latest'], Layers: [] }]));
    writeTar(saved);
    expect(await contents(path)).toEqual([
      `one:1 ${tree(one)}`,
      `one:latest ${tree(one)}`,
      `library/two:2 ${tree(two)}`,
    ]);
  });
});

describe("docker's save", () => {
  it('of 1.10 and later is built into manifests that repeat, with layers that are links', async () => {
    const layer = hexOf(digestOf(Buffer.from('a layer')));
    const entries = [
      { name: `${layer}/layer.tar`, content: one.tars[0] ?? '' },
      { name: 'second/layer.tar', content: one.tars[1] ?? '' },
      { name: 'third/layer.tar', type: '2', link: `../${layer}/layer.tar` },
      { name: 'fourth/layer.tar', content: gzipSync(two.tars[1] ?? '') },
      { name: 'one.json', content: one.config },
      { name: 'two.json', content: two.config },
      {
        name: 'manifest.json',
        content: json([
          { Config: 'one.json', RepoTags: ['web:1', 'web:latest'], Layers: [`${layer}/layer.tar`, 'second/layer.tar'] },
          { Config: 'two.json', RepoTags: null, Layers: ['third/layer.tar', 'fourth/layer.tar'] },
        ]),
      },
    ];
    writeFileSync(path, makeTar(entries));
    const archive = await openArchive(path);
    const first = await readAll(archive);
    expect(archive.notices).toMatchInlineSnapshot(`
      [
        "it keeps no manifests: they are made here, and so the digests are ours, not those of the registry the images came from",
      ]
    `);
    const raw = await archive.manifest('library/web', 'latest');
    const manifest = JSON.parse(Buffer.from(raw?.bytes ?? '').toString());
    expect(manifest.config.digest).toBe(digestOf(one.config));
    expect(gunzipSync(await readBlob(archive, manifest.layers[1]))).toEqual(one.tars[1]);
    const rest: Buffer[] = [];
    for await (const chunk of (await archive.blobPart?.('', manifest.layers[1].digest, 11)) ?? []) rest.push(chunk);
    expect(Buffer.concat(rest)).toEqual((await readBlob(archive, manifest.layers[1])).subarray(11));
    const other = await archive.manifest('', archive.images()[2]?.digest ?? '');
    const layers = JSON.parse(Buffer.from(other?.bytes ?? '').toString()).layers;
    expect(layers[0]).toEqual(manifest.layers[0]);
    expect(layers[1].digest).toBe(digestOf(gzipSync(two.tars[1] ?? '')));
    await archive.close();
    writeFileSync(path, makeTar(entries.reverse()));
    expect((await contents(path)).slice(0, 3)).toEqual(first);
  });

  it('with a layer that its config does not name is refused', async () => {
    const listed = json([{ Config: 'c.json', RepoTags: ['web:1'], Layers: ['0.tar', '1.tar'] }]);
    const files = new Map([
      ['c.json', one.config],
      ['manifest.json', listed],
      ['0.tar', one.tars[0] ?? listed],
    ]);
    writeTar(files);
    expect(await refusal(openArchive(path), folder)).toMatchInlineSnapshot(
      `"corrupt: images.tar: the layer 1.tar is not in it | save the image again, with all its layers"`,
    );
    writeTar(files.set('1.tar', two.tars[1] ?? listed));
    expect(await refusal(openArchive(path), folder)).toMatchInlineSnapshot(
      `"corrupt: images.tar: 1.tar should be sha256:ef9eb25e3ed07e7a849d103df194b91979006cb5a908c33b84b353b64b59a358, and its bytes have the digest sha256:16d5a9b1548df3adb424a01bf18bd94f3c840a06074010c91535bda0bb0e91f5"`,
    );
    writeTar(files.set('manifest.json', json([{ Config: '../c.json', RepoTags: [], Layers: [] }])));
    expect(await refusal(openArchive(path), folder)).toMatchInlineSnapshot(
      `"corrupt: images.tar: manifest.json: "../c.json": its name leaves the archive"`,
    );
  });

  it('before 1.10 is a chain of parents', async () => {
    const [base, top] = ['a', 'b'].map((letter) => letter.repeat(64)) as [string, string];
    writeTar(
      new Map<string, string | Buffer>([
        ['repositories', json({ web: { '1': top, latest: top }, base: { old: base } })],
        [
          `${top}/json`,
          json({
            id: top,
            parent: base,
            created: '2014-01-02T00:00:00Z',
            os: 'linux',
            config: { Cmd: ['sh'] },
            container_config: { Cmd: ['/bin/sh', '-c', 'make'] },
            Size: 3,
          }),
        ],
        [`${top}/layer.tar`, one.tars[1] ?? ''],
        [`${top}/VERSION`, '1.0'],
        [`${base}/json`, json({ id: base, created: '2014-01-01T00:00:00Z', os: 'linux', author: 'somebody' })],
        [`${base}/layer.tar`, one.tars[0] ?? ''],
        [`${base}/VERSION`, '1.0'],
      ]),
    );
    const archive = await openArchive(path);
    expect(archive.images().map(({ name }) => name)).toEqual(['web:1', 'web:latest', 'base:old']);
    const raw = await archive.manifest('library/web', '1');
    const manifest = JSON.parse(Buffer.from(raw?.bytes ?? '').toString());
    expect((await readBlob(archive, manifest.config)).toString()).toBe(
      JSON.stringify({
        architecture: 'amd64',
        config: { Cmd: ['sh'] },
        container_config: { Cmd: ['/bin/sh', '-c', 'make'] },
        created: '2014-01-02T00:00:00Z',
        history: [
          { created: '2014-01-01T00:00:00Z', created_by: '', author: 'somebody' },
          { created: '2014-01-02T00:00:00Z', created_by: '/bin/sh -c make' },
        ],
        os: 'linux',
        rootfs: { type: 'layers', diff_ids: one.tars.map((tar) => digestOf(tar)) },
      }),
    );
    await archive.close();
  });

  it('before 1.10 with an image that is its own ancestor is refused', async () => {
    const id = 'a'.repeat(64);
    writeTar(
      new Map([
        ['repositories', json({ web: { '1': id } })],
        [`${id}/json`, json({ parent: id })],
      ]),
    );
    expect(await refusal(openArchive(path), folder)).toMatchInlineSnapshot(
      `"corrupt: images.tar: image aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is its own ancestor"`,
    );
  });
});

describe("skopeo's dir", () => {
  const files = new Map<string, string | Buffer>([['version', 'Directory Transport Version: 1.1\n']]);
  for (const [digest, bytes] of one.blobs)
    files.set(digest === one.raw.digest ? 'manifest.json' : hexOf(digest), bytes);

  it('is read as a folder and as a tar, and with the older names', async () => {
    const wanted = [`: ${tree(one)}`];
    expect(await contents(writeFolder(files))).toEqual(wanted);
    writeTar(files);
    expect(await contents(path)).toEqual(wanted);
    writeTar(new Map([...files].map(([name, bytes]) => [/^[0-9a-f]{64}$/.test(name) ? `${name}.tar` : name, bytes])));
    expect(await contents(path)).toEqual(wanted);
  });

  it('of a schema 1 image is refused in words', async () => {
    writeTar(
      new Map<string, string | Buffer>([
        ['version', ''],
        ['manifest.json', json({ schemaVersion: 1, name: 'web', fsLayers: [] })],
      ]),
    );
    expect(await refusal(openArchive(path), folder)).toMatchInlineSnapshot(
      `"unsupported: images.tar: sha256:d0a60c5537fa6e9315ba00e5978ebfbd297b140586830b4e75ae75e964bd9a93 is a Docker image of schema 1, an obsolete format | pull it with an older docker, push it again, which writes schema 2, and list that one"`,
    );
  });
});

describe('Pulp 2', () => {
  const [base, top] = ['c', 'd'].map((letter) => letter.repeat(64)) as [string, string];
  const redirect = {
    type: 'pulp-docker-redirect',
    version: 1,
    repository: 'web',
    'repo-registry-id': 'redhat/web',
    url: 'http://example.com/',
    protected: false,
    images: [{ id: base }, { id: top }],
    tags: { latest: top, '1.0': top },
  };
  const entries = (under: string) => [
    { name: '', type: '5' },
    { name: 'web.json', content: json(redirect) },
    { name: `${under}/${top}/ancestry`, content: json([top, base]) },
    { name: `${under}/${top}/json`, content: json({ id: top, os: 'linux', architecture: 'amd64' }) },
    { name: `${under}/${top}/layer`, content: one.tars[1] ?? '' },
    { name: `${under}/${base}/ancestry`, content: json([base]) },
    { name: `${under}/${base}/json`, content: json({ id: base, os: 'linux', architecture: 'amd64' }) },
    { name: `${under}/${base}/layer`, content: one.tars[0] ?? '' },
  ];

  it('export is read, its empty root entry too, and under either folder', async () => {
    // The third repository of this name exercises the folder that Pulp's documentation gives.
    for (const made of [
      entries('web'),
      entries('web').map((entry) =>
        entry.name === 'web.json'
          ? { ...entry, name: 'repo.json' }
          : { ...entry, name: entry.name.replace(/^web\//, 'repo/') },
      ),
    ]) {
      writeFileSync(path, makeTar(made));
      const archive = await openArchive(path);
      expect((await readAll(archive)).map((line) => line.split(' ')[0])).toEqual([
        'redhat/web:latest',
        'redhat/web:1.0',
      ]);
      const raw = await archive.manifest('redhat/web', '1.0');
      const { layers, config } = JSON.parse(Buffer.from(raw?.bytes ?? '').toString());
      expect(gunzipSync(await readBlob(archive, layers[0]))).toEqual(one.tars[0]);
      expect(JSON.parse((await readBlob(archive, config)).toString()).rootfs.diff_ids).toEqual(
        one.tars.map((tar) => digestOf(tar)),
      );
      await archive.close();
    }
  });

  it('export that masks an ancestor is refused with its name', async () => {
    writeFileSync(path, makeTar(entries('web').filter(({ name }) => !name.startsWith(`web/${base}`))));
    expect(await refusal(openArchive(path), folder)).toMatchInlineSnapshot(
      `"corrupt: images.tar: there is no web/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc/json in it"`,
    );
  });

  it('publishes a tree, of which schema 1 is left out', async () => {
    const docker = makeImage({ layers: ['base', 'docker'], kind: 'docker' });
    const list = makeIndex({ amd64: docker }, 'docker');
    const files = new Map<string, Buffer>();
    for (const [digest, bytes] of docker.blobs)
      files.set(`${digest === docker.raw.digest ? 'manifests/2' : 'blobs'}/${digest}`, bytes);
    files.set('manifests/2/1.0', Buffer.from(docker.raw.bytes));
    files.set('manifests/list/2.0', Buffer.from(list.raw.bytes));
    files.set('manifests/1/old', json({ schemaVersion: 1 }));
    files.set('tags/list', json({ name: 'redhat/web', tags: ['1.0', '2.0', 'old'] }));
    expect(await contents(writeFolder(files))).toEqual([
      `redhat/web:1.0 ${tree(docker)}`,
      `redhat/web:2.0 ${list.raw.digest} (${tree(docker)})`,
      '(left out, as there is only a manifest of schema 1: old)',
    ]);
  });
});

describe('refused', () => {
  it('what is not there, not a file, or nothing known', async () => {
    const messages = [await refusal(openArchive(path), folder), await refusal(openArchive('/dev/null'), folder)];
    for (const content of [
      'plain text, of no length to speak of '.repeat(20),
      '',
      makeTar([]),
      makeTar([{ name: 'etc/hosts' }]),
    ]) {
      writeFileSync(path, content);
      messages.push(await refusal(openArchive(path), folder));
    }
    expect(messages).toMatchInlineSnapshot(`
      [
        "input: there is no archive images.tar",
        "input: /dev/null is neither a file nor a folder",
        "corrupt: images.tar: at byte 0: there should be a tar header, and its checksum is wrong",
        "corrupt: images.tar: it ends at byte 0 without a tar's end mark | it was cut, on its way or on a full disk: fetch it again",
        "input: images.tar is no archive of images: it is empty | give an OCI layout, a file that docker, podman or skopeo saved, or an export of Pulp 2",
        "input: images.tar is no archive of images: at its root it has etc | give an OCI layout, a file that docker, podman or skopeo saved, or an export of Pulp 2",
      ]
    `);
  });

  it('a blob with other bytes, and one of another size, when it is read', async () => {
    const files = layoutFiles([{ image: one, annotations: refName('web:1') }]);
    const layer = [...one.blobs].find(([digest]) => digest !== one.raw.digest && digest !== digestOf(one.config));
    const [digest, bytes] = layer ?? [one.raw.digest, Buffer.alloc(0)];
    const damaged = Buffer.from(bytes);
    damaged[20] = (damaged[20] ?? 0) ^ 1;
    const messages: string[] = [];
    for (const content of [damaged, bytes.subarray(1), undefined]) {
      if (content === undefined) files.delete(layoutBlobPath(digest));
      else files.set(layoutBlobPath(digest), content);
      writeTar(files);
      const archive = await openArchive(path);
      messages.push(await refusal(readBlob(archive, { digest, size: bytes.length }), folder));
      await archive.close();
    }
    expect(messages).toMatchInlineSnapshot(`
      [
        "corrupt: images.tar: blobs/sha256/a142b9261c3684932048ecb79e696faef70d3b806a3da13405dfcffe85912e7f should be sha256:a142b9261c3684932048ecb79e696faef70d3b806a3da13405dfcffe85912e7f, and its 2071 bytes have the digest sha256:f97043d5a16dfdc0a34215807786da0fec8589c671c766c79611ff65bdc9ea40 | the archive was damaged: fetch it, or save the image, again",
        "corrupt: images.tar: blobs/sha256/a142b9261c3684932048ecb79e696faef70d3b806a3da13405dfcffe85912e7f has 2070 bytes, and its manifest says 2071",
        "corrupt: images.tar: the blob sha256:a142b9261c3684932048ecb79e696faef70d3b806a3da13405dfcffe85912e7f is not in it | the archive was saved without it, or was thinned out: save the image again",
      ]
    `);
  });

  it('a manifest with other bytes', async () => {
    const files = layoutFiles([{ image: one, annotations: refName('web:1') }]);
    writeTar(files.set(layoutBlobPath(one.raw.digest), Buffer.from(two.raw.bytes)));
    expect(await refusal(openArchive(path), folder)).toMatchInlineSnapshot(
      `"corrupt: images.tar: blobs/sha256/ff27f516665a170e3d48b3eace53e8c58f77f624ed7c0c24353ceaba21c76df4 should be sha256:ff27f516665a170e3d48b3eace53e8c58f77f624ed7c0c24353ceaba21c76df4, and its bytes have the digest sha256:9971772473ec770c8d8fd9580b714f1dfb5517e9ee41c856e7004cdf4e53209d"`,
    );
  });

  it('links out of a folder', async () => {
    const files = layoutFiles([{ image: one, annotations: refName('web:1') }]);
    const root = writeFolder(files);
    const blob = join(root, layoutBlobPath(digestOf(one.config)));
    writeFileSync(join(folder, 'outside'), one.config);
    rmSync(blob);
    symlinkSync('../../../outside', blob);
    const archive = await openArchive(root);
    expect(
      await refusal(readBlob(archive, { digest: digestOf(one.config), size: one.config.length }), folder),
    ).toMatchInlineSnapshot(
      `"corrupt: images: entry "blobs/sha256/1073b17fe5941451ff955604f02ca7d2460ff7d71b3445d8a8966fce782b6882" is a link to outside, outside the folder | copy the folder with \`cp -RL\`, which puts the files where the links are"`,
    );
    rmSync(blob);
    writeFileSync(join(root, 'inside'), one.config);
    symlinkSync('../../inside', blob);
    expect(await readBlob(archive, { digest: digestOf(one.config), size: one.config.length })).toEqual(one.config);
    await archive.close();
  });

  it('bombs: a gzip of zeros, one larger than is allowed, a layer of zeros', async () => {
    const zeros = gzipSync(Buffer.alloc(80 * 1024 ** 2));
    const messages: string[] = [];
    writeFileSync(path, zeros);
    messages.push(await refusal(openArchive(path), folder));
    writeFileSync(path, gzipSync(makeTar(entriesOf(layoutFiles([{ image: one }])))));
    messages.push(await refusal(openArchive(path, { limits: { unpacked: 5000 } }), folder));
    writeTar(
      new Map([
        ['manifest.json', json([{ Config: 'c', RepoTags: [], Layers: ['layer.tar'] }])],
        ['c', one.config],
        ['layer.tar', zeros],
      ]),
    );
    messages.push(await refusal(openArchive(path), folder));
    writeTar(new Map([['manifest.json', Buffer.alloc(5 * 1024 ** 2)]]));
    messages.push(await refusal(openArchive(path), folder));
    writeFileSync(path, gzipSync(makeTar([{ name: 'x', content: 'y'.repeat(9000) }])).subarray(0, 60));
    messages.push(await refusal(openArchive(path), folder));
    expect(messages).toMatchInlineSnapshot(`
      [
        "input: images.tar: its 81557 bytes unpack to more than 67108864 | if it is meant to be so large, unpack it with gunzip and give the .tar",
        "input: images.tar: its 855 bytes unpack to more than 0 | if it is meant to be so large, unpack it with gunzip and give the .tar",
        "corrupt: images.tar: layer.tar unpacks to more than 200 times its size",
        "corrupt: images.tar: manifest.json has 5242880 bytes, more than a document may have",
        "corrupt: images.tar: could not unpack its gzip: unexpected end of file",
      ]
    `);
  }, 60_000);
});

/** Returns what readAll gives for an image. */
function tree(image: typeof one): string {
  const { config, layers } = JSON.parse(Buffer.from(image.raw.bytes).toString());
  return `${image.raw.digest} (${[config, ...layers].map(({ size }: { size: number }) => size).join(', ')})`;
}
