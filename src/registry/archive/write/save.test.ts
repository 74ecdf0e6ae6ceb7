import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  layoutFiles,
  type MadeImage,
  makeImage,
  makeIndex,
  refName,
} from '../../../../test/registry/archives/make-image.js';
import { entriesOf, makeTar } from '../../../../test/registry/archives/make-tar.js';
import { readAll, refusal } from '../../../../test/registry/archives/read-all.js';
import { digestOf } from '../../digest.js';
import type { ArchiveSource } from '../archive-source.js';
import { openArchive } from '../open.js';
import { layoutBlobPath } from '../read/read-oci-layout.js';
import type { ImageToSave } from './collect-images.js';
import { saveOciArchive } from './save.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-save-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'saved.tar');
const sources: ArchiveSource[] = [];
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});

afterEach(async () => {
  for (const source of sources.splice(0)) await source.close();
});

const one = makeImage({ layers: ['base', 'one'] });
const two = makeImage({ layers: ['base', 'two'], architecture: 'arm64' });
const both = makeIndex({ amd64: one, arm64: two });
const docker = makeImage({ layers: ['base', 'docker'], kind: 'docker' });

/** Makes a source with these images in it, and the list of them to save. */
async function toSave(images: Readonly<Record<string, MadeImage>>): Promise<ImageToSave[]> {
  const at = join(folder, 'source.tar');
  const listed = Object.entries(images).map(([name, image]) => ({ image, annotations: refName(name) }));
  writeFileSync(at, makeTar(entriesOf(layoutFiles(listed))));
  const source = await openArchive(at);
  sources.push(source);
  return source.images().map(({ name, repository = '', digest }) => ({ source, repository, reference: digest, name }));
}

const all = { 'a.example.com/team/web:1.0': both, 'a.example.com/team/web:2.0': docker, 'a.example.com/other:1': one };

async function contents(at: string): Promise<string[]> {
  const archive = await openArchive(at);
  try {
    return (await readAll(archive)).sort();
  } finally {
    await archive.close();
  }
}

describe('an archive that is saved', () => {
  it.each(['saved.tar', 'saved'])('has everything, each blob once: %s', async (name) => {
    const saved = await saveOciArchive({ images: await toSave(all), path: join(folder, name) });
    const found = await contents(join(folder, name));
    expect(found.map((line) => line.split(' (')[0])).toEqual([
      `other:1 ${one.raw.digest}`,
      `team/web:1.0 ${both.raw.digest}`,
      `team/web:2.0 ${docker.raw.digest}`,
    ]);
    const blobs = new Set([both, one, two, docker].flatMap((image) => [...image.blobs.keys()]));
    expect(saved).toMatchObject({ paths: [join(folder, name)], blobs: blobs.size });
    expect(saved.shared.blobs).toBe(2); // The layer `base`, of three images.
    const listed = name.endsWith('.tar')
      ? execFileSync('tar', ['-tf', path]).toString()
      : execFileSync('find', ['.', '-type', 'f'], { cwd: join(folder, name) }).toString();
    for (const digest of blobs) expect(listed.split(layoutBlobPath(digest))).toHaveLength(2);
    expect(readdirSync(folder).sort()).toEqual([name, 'source.tar']);
  });

  it('is the same bytes, whatever the order', async () => {
    const images = await toSave(all);
    await saveOciArchive({ images, path });
    const first = readFileSync(path);
    await saveOciArchive({ images: [...images].reverse(), path, force: true });
    expect(digestOf(readFileSync(path))).toBe(digestOf(first));
  });

  it('keeps what has no name, such as referrers', async () => {
    const signature = makeImage({ layers: ['signature'], subject: one.raw });
    const [image, attached] = await toSave({ 'a.example.com/web:1': one, 'a.example.com/web:signature': signature });
    if (image === undefined || attached === undefined) throw new Error('the source has both');
    await saveOciArchive({ images: [image, { ...attached, name: undefined }], path });
    const archive = await openArchive(path);
    expect(archive.images().map(({ name }) => name)).toEqual(['a.example.com/web:1']);
    expect((await archive.referrers('web', one.raw.digest)).map(({ digest }) => digest)).toEqual([
      signature.raw.digest,
    ]);
    await archive.close();
  });

  it('lists for docker the platform that most machines have', async () => {
    await saveOciArchive({
      images: await toSave({ 'a.example.com/web:1': makeIndex({ arm64: two, amd64: one }) }),
      path,
    });
    expect(JSON.parse(execFileSync('tar', ['-xOf', path, 'manifest.json']).toString())).toEqual([
      {
        Config: layoutBlobPath(digestOf(one.config)),
        RepoTags: ['a.example.com/web:1'],
        Layers: JSON.parse(Buffer.from(one.raw.bytes).toString()).layers.map(
          (layer: { digest: typeof one.raw.digest }) => layoutBlobPath(layer.digest),
        ),
      },
    ]);
  });

  it('tells how far it is', async () => {
    const told: string[] = [];
    const images = await toSave({ 'a.example.com/web:1': one });
    await saveOciArchive({
      images,
      path,
      progress: ({ blobs, allBlobs, bytes, allBytes }) => told.push(`${blobs}/${allBlobs} ${bytes === allBytes}`),
    });
    expect(told.at(0)).toBe('0/4 false');
    expect(told.at(-1)).toBe('4/4 true');
  });
});

describe('parts', () => {
  const splitSize = 3000;

  it('come with their checksums, and are read as one', async () => {
    const images = await toSave(all);
    await saveOciArchive({ images, path });
    const whole = readFileSync(path);
    const wanted = await contents(path);
    rmSync(path);
    const { paths } = await saveOciArchive({ images, path, splitSize });
    expect(paths.map((one) => one.replace(`${folder}/`, ''))).toEqual(
      [
        ...Array.from({ length: Math.ceil(whole.length / splitSize) }, (_, index) => `saved.tar.part-00${index + 1}`),
        'saved.tar.sha256',
      ].map((name) => name.replace(/part-00([0-9]{2})/, 'part-0$1')),
    );
    execFileSync('sha256sum', ['--check', '--strict', 'saved.tar.sha256'], { cwd: folder });
    expect(Buffer.concat(paths.slice(0, -1).map((part) => readFileSync(part)))).toEqual(whole);
    expect(await contents(path)).toEqual(wanted);
    expect(await contents(`${path}.part-001`)).toEqual(wanted);
  });

  it('that are damaged, gone, or without their list are refused', async () => {
    await saveOciArchive({ images: await toSave(all), path, splitSize });
    const third = `${path}.part-003`;
    const bytes = readFileSync(third);
    const messages = [await refusal(openArchive(third), folder)];
    writeFileSync(third, bytes.fill(7, 100, 101));
    messages.push((await refusal(openArchive(path), folder)).replace(/[0-9a-f]{64}/g, '…'));
    rmSync(third);
    messages.push((await refusal(openArchive(path), folder)).replace(/has [0-9]+ parts/, 'has … parts'));
    rmSync(`${path}.sha256`);
    messages.push(await refusal(openArchive(path), folder));
    expect(messages).toMatchInlineSnapshot(`
      [
        "input: saved.tar.part-003 is a part of an archive, and not the first | name saved.tar.part-001",
        "corrupt: saved.tar.part-003 has the SHA-256 …, and should have … | bring this part again",
        "input: saved.tar.part-003 is not there: the archive has … parts, and all are needed",
        "input: saved.tar is a part of an archive, and the list of its parts can't be read: no such file or directory | bring saved.tar.sha256 along with the parts",
      ]
    `);
  });

  it('of before are gone when an archive takes their place', async () => {
    const images = await toSave(all);
    await saveOciArchive({ images, path, splitSize });
    await saveOciArchive({ images, path, splitSize: 100_000, force: true });
    expect(readdirSync(folder).sort()).toEqual(['saved.tar.part-001', 'saved.tar.sha256', 'source.tar']);
    await saveOciArchive({ images, path, force: true });
    expect(readdirSync(folder).sort()).toEqual(['saved.tar', 'source.tar']);
    await saveOciArchive({ images, path, splitSize, force: true });
    expect(readdirSync(folder)).not.toContain('saved.tar');
  });
});

describe('nothing is left behind, and nothing overwritten', () => {
  it('where something is there already', async () => {
    const images = await toSave({ 'a.example.com/web:1': one });
    await saveOciArchive({ images, path });
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'file'), 'mine');
    const save = (options: object) => refusal(saveOciArchive({ images, path, ...options }), folder);
    expect([
      await save({}),
      await save({ splitSize: 1000 }),
      await save({ path: join(folder, 'mine') }),
      await save({ path: join(folder, 'mine'), force: true }),
      await save({ path: join(folder, 'file'), force: true }),
      await save({ path: join(folder, 'x.tar.gz') }),
      await save({ path: join(folder, 'x'), splitSize: 1000 }),
      await save({ path: join(folder, 'x.tar'), splitSize: 0 }),
      await save({ path: join(folder, 'x.tar'), images: [] }),
      await save({ path: join(folder, 'none', 'x.tar') }),
      await save({ path: `${join(folder, 'mine')}/` }),
    ]).toMatchInlineSnapshot(`
      [
        "input: saved.tar is there already | give another name, or --force to replace it",
        "input: saved.tar is there already | give another name, or --force to replace it",
        "input: mine is there already | give another name, or --force to replace it",
        "input: mine is a folder, and not one of images: it is not replaced",
        "input: file is a file, and a name without .tar means a folder: it is not replaced",
        "input: x.tar.gz: archives are written as .tar | layers are compressed already",
        "input: x would be a folder, and only a .tar is divided into parts",
        "input: parts of 0 bytes: at least 512 are needed",
        "input: no image to save into x.tar",
        "input: there is no folder none to save x.tar in",
        "input: mine is there already | give another name, or --force to replace it",
      ]
    `);
    expect(readdirSync(folder).sort()).toEqual(['file', 'mine', 'saved.tar', 'source.tar']);
  });

  it.each(['saved.tar', 'saved'])('where it fails or is interrupted: %s', async (name) => {
    const at = join(folder, name);
    const images = await toSave(all);
    const [image] = images;
    if (image === undefined) throw new Error('the source has images');
    const interruption = new AbortController();
    const messages = [
      await refusal(
        saveOciArchive({ images: [{ ...image, reference: digestOf(Buffer.from('none')) }], path: at }),
        folder,
      ),
      await refusal(saveOciArchive({ images: [image, { ...image, reference: docker.raw.digest }], path: at }), folder),
      await refusal(
        saveOciArchive({
          images,
          path: at,
          splitSize: name === 'saved' ? undefined : 2000,
          signal: interruption.signal,
          progress: () => interruption.abort(),
        }),
        folder,
      ),
    ];
    const short = {
      ...image.source,
      blob: async () => (await import('node:stream')).Readable.from([Buffer.from('short')]),
    };
    messages.push(
      (await refusal(saveOciArchive({ images: [{ ...image, source: short }], path: at }), folder)).replace(
        /blobs\/.*manifest/,
        'blobs/… manifest',
      ),
    );
    expect(messages.map((message) => message.replace(/saved(\.tar)?:/, 'saved:'))).toEqual(failures);
    expect(readdirSync(folder)).toEqual(['source.tar']);
  });
});

const failures = [
  `not-found: source.tar: team/web@${digestOf(Buffer.from('none'))} is not there, and so can't be saved`,
  `input: two images would be called a.example.com/team/web:1.0: ${both.raw.digest} and ${docker.raw.digest}`,
  'interrupted: could not save saved: interrupted',
  'corrupt: blobs/… manifest says',
];
