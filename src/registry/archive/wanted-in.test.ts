import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { inShort, readText } from '../../../test/kit/lists/read-text.js';
import { layoutFiles, makeImage, refName } from '../../../test/registry/archives/make-image.js';
import { makeTar } from '../../../test/registry/archives/make-tar.js';
import { digestOf, hexOf } from '../digest.js';
import type { WantedImages } from '../lists/image-list.js';
import { openArchive } from './open.js';
import { wantedFromArchive, wantedInArchive } from './wanted-in.js';

const one = makeImage({ layers: ['base', 'one'] });
const two = makeImage({ layers: ['base', 'two'] });

/** Opens an archive of these files. */
async function opened(files: ReadonlyMap<string, string | Buffer>) {
  const folder = mkdtempSync(join(tmpdir(), 'provision-wanted-'));
  const path = join(folder, 'images.tar');
  writeFileSync(path, makeTar([...files].map(([name, content]) => ({ name, content }))));
  const archive = await openArchive(path);
  onTestFinished(async () => {
    await archive.close();
    rmSync(folder, { recursive: true });
  });
  return archive;
}

/** Saves of docker, by the names of their images. */
function dockerSave(named: readonly (readonly [typeof one, readonly string[] | null])[]) {
  const files = new Map<string, string | Buffer>();
  const listed = named.map(([image, RepoTags], at) => {
    const Config = `${at}.json`;
    files.set(Config, image.config);
    const Layers = image.tars.map((tar, layer) => {
      files.set(`${at}/${layer}.tar`, tar);
      return `${at}/${layer}.tar`;
    });
    return { Config, RepoTags, Layers };
  });
  return opened(files.set('manifest.json', JSON.stringify(listed)));
}

function dirOf(image: typeof one) {
  const files = [...image.blobs].map(([digest, bytes]): [string, Buffer] => [
    digest === image.raw.digest ? 'manifest.json' : hexOf(digest),
    bytes,
  ]);
  return opened(new Map(files));
}

const short = (wanted: readonly WantedImages[]) =>
  inShort({ wanted, trust: new Map(), credentials: new Map(), notices: [] }).replaceAll(/@sha256:\w+…/g, '@DIGEST');

it('an image without a name was left out without a word beside others that have one', async () => {
  const archive = await dockerSave([
    [one, ['team/web:1']],
    [two, null],
  ]);
  const { wanted, notices } = wantedInArchive(archive, undefined);
  expect(short(wanted)).toBe('?: /team/web -> team/web | @DIGEST=>1');
  expect(notices.map((line) => line.replace(/sha256:\w+/, 'DIGEST'))).toEqual([
    'left out, as it has no name: DIGEST; load it with a name: --as team/web:1.0',
  ]);
  expect(short(wantedInArchive(archive, 'team/two:2').wanted)).toBe(
    '?: / -> team/two | @DIGEST=>2\n?: /team/web -> team/web | @DIGEST=>1',
  );
});

it('what is attached to an image needs no name, and is not told of', async () => {
  const signature = makeImage({ layers: ['signature'], subject: one.raw });
  const archive = await opened(layoutFiles([{ image: one, annotations: refName('web:1') }, { image: signature }]));
  expect(wantedInArchive(archive, undefined)).toMatchObject({ wanted: [{ target: 'web' }], notices: [] });
});

it('an image that is there with its name and without is one', async () => {
  const archive = await opened(layoutFiles([{ image: one, annotations: refName('web:1') }, { image: one }]));
  expect(wantedInArchive(archive, undefined)).toMatchObject({ wanted: [{ target: 'web' }], notices: [] });
});

it('names of one part had library/ put before them, as if the target were Docker Hub', async () => {
  const targets = (archive: Parameters<typeof wantedInArchive>[0]) =>
    wantedInArchive(archive, undefined).wanted.map(({ target }) => target);
  expect(
    targets(await dockerSave([[one, ['ubuntu:12.04', 'docker.io/library/busybox:1', 'localhost/own:1']]])),
  ).toEqual(['ubuntu', 'busybox', 'own']);
  expect(targets(await opened(layoutFiles([{ image: one, annotations: refName('m:7') }])))).toEqual(['m']);
  // Written by `images save` of docker.io/nginx: it comes to where a sync would have brought it.
  const saved = layoutFiles([{ image: one, annotations: refName('docker.io/library/nginx:1') }]);
  expect(targets(await opened(saved))).toEqual(['library/nginx']);
});

it("docker 25's save has names as docker's users write them, in whichever of its two lists", async () => {
  const files = layoutFiles([{ image: one, annotations: { 'io.containerd.image.name': 'docker.io/library/two:2' } }]);
  const Config = `blobs/sha256/${hexOf(digestOf(one.config))}`;
  files.set('manifest.json', Buffer.from(JSON.stringify([{ Config, RepoTags: ['two:2'], Layers: [] }])));
  expect(wantedInArchive(await opened(files), undefined).wanted.map(({ target }) => target)).toEqual(['two']);
});

it('a list finds an image by its name with library/ and without', async () => {
  const archive = await dockerSave([[one, ['ubuntu:12.04']]]);
  expect(await archive.head('library/ubuntu', '12.04')).toEqual(await archive.head('ubuntu', '12.04'));
  expect(await archive.head('ubuntu', '12.04')).toBeDefined();
  expect(await archive.head('other/ubuntu', '12.04')).toBeUndefined();
});

it('an image without a name could not be loaded under any: its archive had no tags', async () => {
  const archive = await dirOf(one);
  expect(() => wantedInArchive(archive, undefined)).toThrow(/has no name for the image sha256:/);
  expect(short(wantedInArchive(archive, 'depot.example.com/app:1').wanted)).toBe(
    '?: / -> depot.example.com/app | @DIGEST=>1',
  );
  expect(await archive.tags('')).toEqual([]);
});

it('a list of one image names the only image of an archive that has no name', async () => {
  const archive = await dirOf(one);
  const listed = async (text: string) => short(wantedFromArchive(archive, (await readText(text)).list?.wanted ?? []));
  expect(await listed('- app:1\n')).toBe('1: / -> app | @DIGEST=>1');
  expect(await listed('- {name: app, tag: "1", target: x, target_tag: "2"}\n')).toBe('1: / -> x | @DIGEST=>2');
  expect(await listed('- app:1\n- app:2\n')).toBe('1: /app -> app | :1\n2: /app -> app | :2');
  const named = await dockerSave([[one, ['team/web:1']]]);
  const { list } = await readText('- app:1\n');
  expect(wantedFromArchive(named, list?.wanted ?? [])).toBe(list?.wanted);
});
