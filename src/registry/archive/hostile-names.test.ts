import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { json, layoutFiles, makeImage, refName } from '../../../test/registry/archives/make-image.js';
import { entriesOf, type MadeEntry, makeTar } from '../../../test/registry/archives/make-tar.js';
import { refusal } from '../../../test/registry/archives/read-all.js';
import { digestOf } from '../digest.js';
import { mediaTypes } from '../media-types.js';
import { type OpenArchiveOptions, openArchive } from './open.js';
import { layoutBlobPath } from './read/read-oci-layout.js';
import { wantedInArchive } from './wanted-in.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-names-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'images.tar');

const one = makeImage({ layers: ['one'] });
const two = makeImage({ layers: ['two'] });

function write(entries: readonly MadeEntry[]) {
  writeFileSync(path, makeTar(entries));
}

/** Names under which images would be loaded, and what is said. */
async function loaded(options?: OpenArchiveOptions): Promise<string[]> {
  const archive = await openArchive(path, options);
  try {
    const { wanted: images, notices } = wantedInArchive(archive, undefined);
    const wanted = images.map(({ target, tags }) => `${target}:${tags[0]?.targetTag}`);
    return [...wanted, ...archive.notices, ...notices];
  } finally {
    await archive.close();
  }
}

/** Makes docker's save of one image under these names. */
function dockerSave(...names: string[]) {
  const [layer = Buffer.alloc(0)] = two.tars;
  write(
    entriesOf(
      new Map<string, string | Buffer>([
        ['config.json', two.config],
        ['layer.tar', layer],
        ['manifest.json', json([{ Config: 'config.json', RepoTags: names, Layers: ['layer.tar'] }])],
      ]),
    ),
  );
}

describe('a name that no image can have is left out, and the others are read', () => {
  const wrong = [
    '../../../prod/app:latest',
    'team/web:../../../prod/app/manifests/latest',
    'team/web:a\r\nX-Evil: 1',
    'Team/Web:1',
    'team%2fweb:1',
    'team/web:\u0661',
    'team/\uff0e\uff0e/web:1',
    'https://r.example/team/web:1',
    `team/web:${'a'.repeat(129)}`,
    'a'.repeat(5000),
  ];

  it.each(wrong)('of a layout: %j', async (name) => {
    write(
      entriesOf(
        layoutFiles([
          { image: one, annotations: refName('team/web:1.0') },
          { image: two, annotations: refName(name) },
        ]),
      ),
    );
    const [only, notice, ...more] = await loaded();
    expect([only, more]).toEqual(['team/web:1.0', []]);
    expect(notice).toBe(`left out, as these are no names of images: ${JSON.stringify(name.slice(0, 300))}`);
  });

  it("of docker's save", async () => {
    dockerSave('team/web:1.0', ...wrong);
    const [only, , notice] = await loaded();
    expect(only).toBe('team/web:1.0');
    expect(notice).toContain(`"../../../prod/app:latest", `);
    expect(notice).toContain(' and 5 more');
  });

  it('of the tree that Pulp publishes', async () => {
    write(
      entriesOf(
        new Map<string, string | Buffer>([
          ['tags/list', json({ name: '../prod/app', tags: ['1.0', '1.0'] })],
          ['manifests/2/1.0', Buffer.from(two.raw.bytes)],
          ...[...two.blobs].map(([digest, bytes]): [string, Buffer] => [`blobs/${digest}`, bytes]),
        ]),
      ),
    );
    expect(await refusal(loaded(), folder)).toBe(
      `input: images.tar has no name for the image ${two.raw.digest} | give it a name: --as team/web:1.0`,
    );
  });
});

it('an image with nothing but a wrong name is not called by it, and can be given one', async () => {
  dockerSave('../evil:1');
  const archive = await openArchive(path);
  const [only] = wantedInArchive(archive, 'team/web:1.0').wanted;
  expect([only?.target, only?.tags[0]?.targetTag]).toEqual(['team/web', '1.0']);
  await archive.close();
});

it('a media type with a line end would have become a header of its own', async () => {
  const evil = json({ ...JSON.parse(Buffer.from(one.raw.bytes).toString()), mediaType: 'a/b\r\nX-Evil: 1' });
  const descriptor = { mediaType: mediaTypes.ociManifest, digest: digestOf(evil), size: evil.length };
  write(
    entriesOf(
      layoutFiles([{ image: one }])
        .set('index.json', json({ schemaVersion: 2, manifests: [{ ...descriptor, annotations: refName('a:1') }] }))
        .set(layoutBlobPath(digestOf(evil)), evil),
    ),
  );
  expect(await refusal(loaded(), folder)).toBe(
    `corrupt: images.tar: ${digestOf(evil)}: not a manifest: mediaType: not a media type`,
  );
});

describe('what a few bytes could ask for without end', () => {
  it('indexes that each name the next one twice are read once each', async () => {
    const files = layoutFiles([{ image: one }]);
    const named = { mediaType: mediaTypes.ociManifest, digest: one.raw.digest, size: one.raw.bytes.length };
    let next: Buffer = json({ schemaVersion: 2, manifests: [{ ...named, annotations: refName('a:0') }] });
    for (let level = 1; level < 40; level += 1) {
      files.set(layoutBlobPath(digestOf(next)), next);
      const inner = { mediaType: mediaTypes.ociIndex, digest: digestOf(next), size: next.length };
      const manifests = [inner, inner, { ...named, annotations: refName(`a:${level}`) }];
      next = json({ schemaVersion: 2, manifests });
    }
    write(entriesOf(files.set('index.json', next)));
    expect(await loaded()).toHaveLength(40);
  });

  it('more names than are of any use', async () => {
    dockerSave(...Array.from({ length: 11 }, (_, at) => `team/web:${at}`));
    expect(await refusal(loaded({ limits: { images: 10 } }), folder)).toBe(
      'corrupt: images.tar names more than 10 images: it is not read',
    );
  });

  it('one large document under many links', async () => {
    const ids = Array.from({ length: 30 }, (_, at) => at.toString(16).padStart(64, '0'));
    const large = json({ id: ids[0], comment: 'x'.repeat(1000) });
    write([
      { name: 'a.json', content: json({ version: 1, 'repo-registry-id': 'a', tags: { x: ids[0] } }) },
      { name: `web/${ids[0]}/ancestry`, content: json(ids) },
      { name: 'large', content: large },
      ...ids.map((id) => ({ name: `web/${id}/json`, type: '2', link: '../../large' })),
    ]);
    expect(await refusal(loaded({ limits: { documents: 20_000 } }), folder)).toBe(
      'corrupt: images.tar: its documents have more than 20000 bytes in all',
    );
  });

  it('an ancestry that goes round', async () => {
    const id = 'a'.repeat(64);
    write([
      { name: 'a.json', content: json({ version: 1, 'repo-registry-id': 'a', tags: { x: id } }) },
      { name: `web/${id}/ancestry`, content: json([id, id]) },
      { name: `web/${id}/json`, content: json({ id }) },
    ]);
    expect(await refusal(loaded(), folder)).toBe(`corrupt: images.tar: image ${id} is its own ancestor`);
  });
});

it('a pipe in the place of a part, or of the list of them, is not waited on', async () => {
  const whole = join(folder, 'cut.tar');
  const list = `${whole}.sha256`;
  execFileSync('mkfifo', [`${whole}.part-001`, list]);
  expect(await refusal(openArchive(`${whole}.part-001`), folder)).toBe(
    "input: cut.tar.part-001 is a part of an archive, and the list of its parts can't be read: it is no regular file | bring cut.tar.sha256 along with the parts",
  );
  rmSync(list);
  writeFileSync(list, `${'0'.repeat(64)}  cut.tar.part-001\n`);
  expect(await refusal(openArchive(`${whole}.part-001`), folder)).toBe('input: cut.tar.part-001 is not a file');
});
