import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/registry/archive/open.js';
import { exampleImage } from '../../../src/registry/archive/write/example-image.js';
import { saveOciArchive } from '../../../src/registry/archive/write/save.js';
import { digestOf } from '../../../src/registry/digest.js';
import { installed } from '../proxy/start-registry.js';
import { layoutFiles, makeImage, makeIndex, refName } from './make-image.js';
import { podman, skopeo } from './run-tool.js';

const withSkopeo = installed('skopeo');
const withPodman = installed('podman');
const folder = mkdtempSync(join(tmpdir(), 'provision-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

const web = 'registry.example.com/team/web';
const one = makeImage({ layers: ['base', 'one'] });
const two = makeImage({ layers: ['base', 'two'], architecture: 'arm64' });
const docker = makeImage({ layers: ['base', 'docker'], kind: 'docker' });
const list = makeIndex(
  { amd64: docker, arm64: makeImage({ layers: ['base', 'arm'], architecture: 'arm64', kind: 'docker' }) },
  'docker',
);
const images = {
  [`${web}:1`]: one,
  [`${web}:both`]: makeIndex({ amd64: one, arm64: two }),
  [`${web}:docker`]: docker,
  [`${web}:list`]: list,
};

beforeAll(async () => {
  const from = join(folder, 'from');
  for (const [name, content] of layoutFiles(
    Object.entries(images).map(([name, image]) => ({ image, annotations: refName(name) })),
  )) {
    mkdirSync(dirname(join(from, name)), { recursive: true });
    writeFileSync(join(from, name), content);
  }
  const source = await openArchive(from);
  const wanted = source
    .images()
    .map(({ repository = '', digest, name }) => ({ source, repository, reference: digest, name }));
  await saveOciArchive({ images: wanted, path: join(folder, 'ours.tar') });
  await saveOciArchive({ images: wanted, path: join(folder, 'ours') });
});

describe.skipIf(!withSkopeo)(`skopeo reads what was saved${withSkopeo ? '' : ' (skopeo is not installed)'}`, () => {
  it.each(Object.entries(images).slice(0, 2))('%s, from the tar and the folder, with its digest', (name, image) => {
    for (const from of [`oci-archive:${folder}/ours.tar`, `oci:${folder}/ours`]) {
      const to = mkdtempSync(join(folder, 'dir-'));
      skopeo('copy', '--all', '--preserve-digests', `${from}:${name}`, `dir:${to}`);
      expect(digestOf(readFileSync(join(to, 'manifest.json')))).toBe(image.raw.digest);
      expect(skopeo('inspect', '--raw', `${from}:${name}`)).toBe(Buffer.from(image.raw.bytes).toString());
    }
  });

  it.each([
    [`${web}:1`, one],
    [`${web}:both`, one],
    [`${web}:docker`, docker],
  ] as const)('%s as what docker saves', (name, image) => {
    const config = skopeo('inspect', '--config', '--raw', `docker-archive:${folder}/ours.tar:${name}`);
    expect(config).toBe(image.config.toString());
    skopeo('copy', `docker-archive:${folder}/ours.tar:${name}`, `dir:${mkdtempSync(join(folder, 'docker-'))}`);
  });

  it('a list of docker manifests not by name, as it looks for OCI manifests alone (skopeo 1.9)', () => {
    expect(() => skopeo('inspect', '--raw', `oci-archive:${folder}/ours.tar:${web}:list`)).toThrow(
      'no descriptor found',
    );
  });

  it('the example, for both platforms', () => {
    writeFileSync(join(folder, 'example.tar'), exampleImage());
    for (const architecture of ['amd64', 'arm64']) {
      const said = JSON.parse(skopeo('--override-arch', architecture, 'inspect', `oci-archive:${folder}/example.tar`));
      expect(said).toMatchObject({ Architecture: architecture, Os: 'linux' });
    }
    skopeo('copy', '--all', `oci-archive:${folder}/example.tar`, `oci:${folder}/example:copied`);
  });
});

describe.skipIf(!withPodman)(`podman loads what was saved${withPodman ? '' : ' (podman is not installed)'}`, () => {
  it('the example', () => {
    writeFileSync(join(folder, 'example.tar'), exampleImage());
    const store = join(folder, 'store-example');
    expect(podman(store, 'load', '-q', '-i', join(folder, 'example.tar'))).toBe(
      'Loaded image: localhost/quickstart/hello:1.0\n',
    );
  });

  it('an archive of several images, by the names they have', () => {
    const store = join(folder, 'store-several');
    podman(store, 'load', '-q', '-i', join(folder, 'ours.tar'));
    const listed = podman(store, 'images', '--format', '{{.Repository}}:{{.Tag}}').trim().split('\n').sort();
    expect(listed).toEqual(Object.keys(images).sort());
  });
});
