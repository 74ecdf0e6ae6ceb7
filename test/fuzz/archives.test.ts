import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openArchive } from '../../src/registry/archive/open.js';
import { tarHeader } from '../../src/registry/archive/trees/tar/tar-header.js';
import { wantedInArchive } from '../../src/registry/archive/wanted-in.js';
import { exampleImage } from '../../src/registry/archive/write/example-image.js';
import { digestOf, isDigest } from '../../src/registry/digest.js';
import { readManifest } from '../../src/registry/manifest.js';
import { isMediaType, mediaTypes } from '../../src/registry/media-types.js';
import { isRepository, isTag } from '../../src/registry/names.js';
import { RegistryError } from '../../src/registry/registry-error.js';
import { type ArchiveFiles, tarOf, withChecksums } from './archive-files.js';
import { fuzz } from './fuzz.js';
import { promise, type Reader } from './reader.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'images.tar');

const refuses = (error: unknown) => error instanceof RegistryError;
const limits = { entries: 2000, unpacked: 8 << 20, document: 1 << 20 };

/** Opens an archive and asks it for all that a sync asks for. @returns whether it has an image that has a name */
async function readAll(bytes: Buffer, as?: string): Promise<boolean> {
  writeFileSync(path, bytes);
  const archive = await openArchive(path, { limits });
  try {
    for (const { repository, tag, digest } of archive.images()) {
      promise(repository === undefined || isRepository(repository), 'not a repository', repository);
      promise(tag === undefined || isTag(tag), 'not a tag', tag);
      promise(isDigest(digest), 'not a digest', digest);
      const raw = await archive.manifest(repository ?? '', digest);
      promise(raw !== undefined, 'an image without its manifest', digest);
      if (raw === undefined) continue;
      promise(isMediaType(raw.mediaType), 'a type that no header can hold', raw.mediaType);
      const manifest = readManifest(raw, 'it');
      await archive.referrers('', digest);
      const blobs = manifest.kind === 'image' ? [manifest.config, ...manifest.layers] : [];
      for (const blob of blobs.slice(0, 4)) for await (const _ of await archive.blob('', blob));
    }
    for (const wanted of wantedInArchive(archive, as).wanted) {
      promise(isRepository(wanted.target), 'not a target', wanted.target);
      for (const { targetTag } of wanted.tags) promise(isTag(targetTag ?? ''), 'not a tag', targetTag);
    }
    return true;
  } finally {
    await archive.close();
  }
}

function archive(name: string, seeds: readonly ArchiveFiles[], words: readonly string[], as?: string): Reader {
  return {
    name,
    seeds: seeds.map((files) => JSON.stringify(files)),
    words,
    refuses,
    async run(input) {
      let files: unknown;
      try {
        files = JSON.parse(input.toString('utf8'));
      } catch {
        return false;
      }
      const bytes = tarOf(files);
      return bytes === undefined ? false : await readAll(bytes, as);
    },
  };
}

const json = (value: unknown) => JSON.stringify(value);
const layer = 'a layer, which need not be a tar here';
const config = json({
  architecture: 'amd64',
  os: 'linux',
  rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from(layer))] },
});
const image = json({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: mediaTypes.ociConfig, digest: '$0', size: config.length },
  layers: [{ mediaType: mediaTypes.ociLayer, digest: '$1', size: layer.length, urls: ['https://example.com/x'] }],
  annotations: { a: 'b' },
});
const imageSize = image.length + 2 * (digestOf(Buffer.from('')).length - 2);
const id = 'a'.repeat(64);
const parent = 'b'.repeat(64);

const oci: ArchiveFiles = [
  ['blobs/sha256/$', config],
  ['blobs/sha256/$', layer],
  ['blobs/sha256/$', image],
  [
    'blobs/sha256/$',
    json({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          mediaType: mediaTypes.ociManifest,
          digest: '$2',
          size: imageSize,
          platform: { os: 'linux', architecture: 'amd64' },
        },
      ],
    }),
  ],
  [
    'index.json',
    json({
      schemaVersion: 2,
      manifests: [
        {
          mediaType: mediaTypes.ociManifest,
          digest: '$2',
          size: imageSize,
          annotations: {
            'io.containerd.image.name': 'r.example/team/web:1.0',
            'org.opencontainers.image.ref.name': '1.0',
          },
        },
        {
          mediaType: mediaTypes.ociIndex,
          digest: '$3',
          size: 300,
          annotations: { 'org.opencontainers.image.ref.name': 'team/web:2.0' },
        },
      ],
    }),
  ],
  ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
];

fuzz([
  archive(
    'an OCI layout',
    [oci],
    [
      '$2',
      '$3',
      'io.containerd.image.name',
      mediaTypes.ociIndex,
      'team/web:1.0',
      'subject',
      'annotations',
      '\r\nX-Evil: 1',
    ],
  ),
  archive(
    "docker's save",
    [
      [
        [`${id}.json`, config],
        ['1/layer.tar', layer],
        [
          'manifest.json',
          json([{ Config: `${id}.json`, RepoTags: ['team/web:1.0', 'r.example:5000/web:2'], Layers: ['1/layer.tar'] }]),
        ],
      ],
      [
        [`${id}/json`, json({ id, parent, created: '2020-01-01T00:00:00Z', container_config: { Cmd: ['sh'] } })],
        [`${id}/layer.tar`, layer],
        [`${parent}/json`, json({ id: parent })],
        [`${parent}/layer.tar`, ''],
        ['repositories', json({ 'team/web': { '1.0': id } })],
      ],
    ],
    ['RepoTags', 'Layers', 'Config', 'team/web:1.0', id, parent, '../x'],
  ),
  archive(
    "skopeo's dir",
    [
      [
        ['$', config],
        ['$', layer],
        ['manifest.json', image],
      ],
    ],
    ['$0', '$1', 'manifests', mediaTypes.ociIndex],
    'team/web:1.0',
  ),
  archive(
    "Pulp's exports",
    [
      [
        [`web/${id}/ancestry`, json([id, parent])],
        [`web/${id}/json`, json({ id, parent })],
        [`web/${id}/layer`, layer],
        [`web/${parent}/json`, json({ id: parent })],
        [`web/${parent}/layer`, ''],
        ['team.json', json({ version: 1, 'repo-registry-id': 'team/web', tags: { '1.0': id, latest: id } })],
      ],
      [
        ['blobs/sha256:$', config],
        ['blobs/sha256:$', layer],
        ['manifests/2/1.0', image],
        ['tags/list', json({ name: 'team/web', tags: ['1.0'] })],
      ],
    ],
    ['repo-registry-id', 'ancestry', id, parent, 'schemaVersion', 'tags'],
  ),
  {
    name: 'a tar',
    seeds: [
      exampleImage().subarray(0, 60_000),
      Buffer.concat([
        tarHeader({ name: 'long', type: 'L', size: 11, link: '' }),
        Buffer.from('oci-layout\0'.padEnd(512, '\0')),
        tarHeader({ name: 'x', type: '0', size: 30, link: '' }),
        Buffer.from('{"imageLayoutVersion":"1.0.0"}'.padEnd(512, '\0')),
        tarHeader({ name: 'pax', type: 'x', size: 15, link: '' }),
        Buffer.from('15 path=a/link\n'.padEnd(512, '\0')),
        tarHeader({ name: 'index', type: '2', size: 0, link: '../oci-layout' }),
        tarHeader({ name: 'folder/', type: '5', size: 0, link: '' }),
        tarOf(oci) ?? Buffer.alloc(0),
      ]),
    ],
    words: [
      'ustar\0',
      '00000000000\0',
      '\x80\0\0\0',
      '25 size=99999999999999999\n',
      '30 linkpath=../../etc/passwd\n',
      '\x1f\x8b\x08',
    ],
    refuses,
    async run(input) {
      return await readAll(withChecksums(input));
    },
  },
]);
