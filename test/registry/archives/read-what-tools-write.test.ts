import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/registry/archive/open.js';
import { hexOf } from '../../../src/registry/digest.js';
import { installed } from '../proxy/start-registry.js';
import { layoutFiles, type MadeImage, makeImage, makeIndex, refName } from './make-image.js';
import { readAll, readBlob } from './read-all.js';
import { podman, skopeo } from './run-tool.js';

const withSkopeo = installed('skopeo');
const withPodman = installed('podman');
const folder = mkdtempSync(join(tmpdir(), 'provision-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

const one = makeImage({ layers: ['base', 'one'] });
const docker = makeImage({ layers: ['base', 'docker'], kind: 'docker' });
const both = makeIndex({ amd64: one, arm64: makeImage({ layers: ['base', 'two'], architecture: 'arm64' }) });
const images = { one, docker, both };
/** skopeo finds no docker manifests in an OCI layout: those it gets as `dir:`. */
const from = (name: keyof typeof images) =>
  name === 'docker' ? `dir:${folder}/from-docker` : `oci:${folder}/from:${name}`;

beforeAll(() => {
  const listed = Object.entries(images).map(([name, image]) => ({ image, annotations: refName(name) }));
  for (const [name, content] of layoutFiles(listed)) {
    mkdirSync(dirname(join(folder, 'from', name)), { recursive: true });
    writeFileSync(join(folder, 'from', name), content);
  }
  mkdirSync(join(folder, 'from-docker'));
  for (const [digest, bytes] of docker.blobs)
    writeFileSync(join(folder, 'from-docker', digest === docker.raw.digest ? 'manifest.json' : hexOf(digest)), bytes);
});

/** Names and digests in an archive, every blob of which was read. */
async function digests(path: string): Promise<string[]> {
  const archive = await openArchive(path);
  try {
    return (await readAll(archive)).map((line) => line.split(' (')[0] ?? '');
  } finally {
    await archive.close();
  }
}

/** An image that the archive has no manifest for: its layers, unpacked, are those it was made of. */
async function expectLayers(path: string, name: string, image: MadeImage): Promise<void> {
  const archive = await openArchive(path);
  const found = archive.images().find((one) => one.name === name);
  const raw = await archive.manifest('', found?.digest ?? name);
  const { config, layers } = JSON.parse(Buffer.from(raw?.bytes ?? '{}').toString());
  expect(JSON.parse((await readBlob(archive, config)).toString())).toEqual(JSON.parse(image.config.toString()));
  const tars: Buffer[] = [];
  for (const layer of layers) tars.push(gunzipSync(await readBlob(archive, layer)));
  expect(tars).toEqual(image.tars);
  await archive.close();
}

// Needs the tool; where all is required, that it lacks is an error.
describe.skipIf(!withSkopeo)(`what skopeo writes${withSkopeo ? '' : ' (skopeo is not installed)'}`, () => {
  it.each(['one', 'both', 'docker'] as const)('dir: %s, as a folder and as a tar of it', async (name) => {
    const dir = join(folder, `dir-${name}`);
    skopeo('copy', '--all', '--preserve-digests', from(name), `dir:${dir}`);
    expect(await digests(dir)).toEqual([`: ${images[name].raw.digest}`]);
    execFileSync('tar', ['-cf', `${dir}.tar`, '-C', dir, '.']);
    expect(await digests(`${dir}.tar`)).toEqual([`: ${images[name].raw.digest}`]);
  });

  it.each(['one', 'both'] as const)('oci: and oci-archive: %s', async (name) => {
    const { digest } = images[name].raw;
    skopeo('copy', '--all', '--preserve-digests', from(name), `oci:${folder}/oci-${name}:1.0`);
    expect(await digests(`${folder}/oci-${name}`)).toEqual([`:1.0 ${digest}`]);
    const archive = `${folder}/oci-${name}.tar`;
    skopeo(
      'copy',
      '--all',
      '--preserve-digests',
      from(name),
      `oci-archive:${archive}:registry.example.com/team/web:1.0`,
    );
    expect(await digests(archive)).toEqual([`team/web:1.0 ${digest}`]);
    execFileSync('gzip', [archive]);
    expect(await digests(`${archive}.gz`)).toEqual([`team/web:1.0 ${digest}`]);
  });

  it('several tags in one folder', async () => {
    for (const name of ['one', 'both'] as const)
      skopeo('copy', '--all', from(name), `oci:${folder}/oci-tags:team/web:${name}`);
    expect((await digests(`${folder}/oci-tags`)).sort()).toEqual([
      `team/web:both ${both.raw.digest}`,
      `team/web:one ${one.raw.digest}`,
    ]);
  });

  it('docker-archive:, with layers and config as they were, twice the same digest', async () => {
    const archive = `${folder}/docker.tar`;
    skopeo('copy', from('docker'), `docker-archive:${archive}:registry.example.com/team/web:1.0`);
    await expectLayers(archive, 'registry.example.com/team/web:1.0', docker);
    expect(await digests(archive)).toEqual(await digests(archive));
  });
});

// Needs the tool; where all is required, that it lacks is an error.
describe.skipIf(!withPodman)(`what podman saves${withPodman ? '' : ' (podman is not installed)'}`, () => {
  it.each(['docker-archive', 'oci-archive', 'docker-dir', 'oci-dir'])('%s', async (format) => {
    const store = join(folder, 'store');
    const loaded = `${folder}/podman-${format}-in.tar`;
    skopeo('copy', from('one'), `oci-archive:${loaded}:registry.example.com/team/web:1.0`);
    podman(store, 'load', '-q', '-i', loaded);
    const saved = `${folder}/podman-${format}`;
    podman(store, 'save', '-q', '--format', format, '-o', saved, 'registry.example.com/team/web:1.0');
    const [line, ...more] = await digests(saved);
    expect(line).toMatch(/^(team\/web:1\.0|:) sha256:/);
    expect(more).toEqual([]);
    if (format === 'docker-archive') await expectLayers(saved, 'registry.example.com/team/web:1.0', one);
  });
});
