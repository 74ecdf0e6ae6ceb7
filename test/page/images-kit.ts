import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { OpenedRegistry } from '../../src/registry/client/open.js';
import type { RawManifest } from '../../src/registry/manifest.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { pushImage, pushIndex, registryAs } from '../service/pushed-images-kit.js';
import { fillIndex } from '../service/search-kit.js';
import { admin, type TestService } from '../service/service-kit.js';

/** Text of whoever would like the page to run it. */
export const hostile = `"><img src=x onerror="globalThis.pwned = 1"><script>globalThis.pwned = 1</script>`;

const sbom = {
  spdxVersion: 'SPDX-2.3',
  name: `app ${hostile}`,
  creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: syft-1.0'] },
  packages: Array.from({ length: 230 }, (_, at) => ({
    name: at === 0 ? 'openssl' : `package-${at}`,
    versionInfo: `1.${at}`,
    licenseDeclared: at % 2 === 0 ? 'Apache-2.0' : 'MIT',
  })),
};

const statement = (predicateType: string, predicate: object) => ({
  text: JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', predicateType, predicate }),
  mediaType: 'application/vnd.in-toto+json',
  annotations: { 'in-toto.io/predicate-type': predicateType },
});

/** Images of a service that was filled. */
export interface FilledImages {
  readonly registry: OpenedRegistry;
  readonly index: RawManifest;
  readonly first: RawManifest;
}

/** Pushes what pages of images show: an index with all that may be about it, tags of one image, and a public image. */
export async function fillImages(service: TestService): Promise<FilledImages> {
  const registry = registryAs(service.registry ?? '', admin);
  const first = await pushImage(registry, 'team/app', '1.0', imageOf('amd64', ['base', 'one']));
  await registry.putManifest('team/app', '1.0.0', first);
  const [amd, arm] = await Promise.all([
    pushImage(registry, 'team/app', undefined, imageOf('amd64', ['base', 'two'])),
    pushImage(registry, 'team/app', undefined, imageOf('arm64', ['base-arm', 'two'])),
  ]);
  const built = await pushImage(registry, 'team/app', undefined, {
    layers: [
      statement('https://spdx.dev/Document', sbom),
      statement('https://slsa.dev/provenance/v1', {
        buildDefinition: { buildType: 'https://example.com/build', externalParameters: { target: hostile } },
        runDetails: { builder: { id: 'https://example.com/builder' } },
      }),
    ],
    config: { os: 'unknown', architecture: 'unknown' },
  });
  const index = await pushIndex(registry, 'team/app', '2.0', [
    { manifest: amd, platform: 'linux/amd64' },
    { manifest: arm, platform: 'linux/arm64' },
    { manifest: built, platform: 'unknown/unknown', about: amd.digest },
  ]);
  for (const tag of ['2', 'latest']) await registry.putManifest('team/app', tag, index);
  const payload = {
    critical: { identity: { 'docker-reference': 'team/app' }, image: { 'docker-manifest-digest': index.digest } },
  };
  await pushImage(registry, 'team/app', `${index.digest.replace(':', '-')}.sig`, {
    layers: [{ text: JSON.stringify(payload), mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' }],
    config: {},
  });
  await pushImage(registry, 'other/base', '1', imageOf('amd64', ['base', 'one']));
  await pushImage(registry, 'open/hello', '1', imageOf('amd64', ['hello']));
  const rule = { path: 'open/', visibility: 'public' };
  expect((await service.send('PUT /api/v1/visibilities', rule)).status).toBe(204);
  await vi.waitFor(
    async () => {
      const { body } = await service.send('GET /api/v1/registries/local/repositories/team%2Fapp/tags');
      const latest = body.items?.find(({ name }: { name: string }) => name === 'latest');
      expect([body.count, latest?.signed, latest?.platforms.length]).toEqual([6, true, 2]);
      const hello = await service.send('GET /api/v1/registries/local/repositories/open%2Fhello/tags');
      expect(hello.body.items[0].bytes).toBeGreaterThan(0);
    },
    { timeout: 30_000, interval: 200 },
  );
  return { registry, index, first };
}

function imageOf(architecture: string, layers: readonly string[]) {
  return {
    layers: layers.map((name) => `${name} `.repeat(4000)),
    config: {
      os: 'linux',
      architecture,
      created: '2026-05-01T00:00:00Z',
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', `NAME=${hostile}`],
        Entrypoint: ['/app', '--serve'],
        Cmd: ['--port', '8080'],
        User: '1000',
        ExposedPorts: { '8080/tcp': {} },
        Labels: { maintainer: 'The team', 'org.example.hostile': hostile },
      },
      history: [
        ...layers.map((name) => ({ created_by: `RUN make ${name} ${hostile}` })),
        { created_by: 'CMD ["--port" "8080"]', empty_layer: true },
      ],
    },
  };
}

/** Writes a repository with so many tags into the index: `many/tags`, of the registry `local`. */
export async function fillManyTags(service: TestService, count: number): Promise<void> {
  const database = await openDatabase(join(service.folder, 'service.db'));
  const tags = Object.fromEntries(Array.from({ length: count }, (_, at) => [`1.${at}`, `many-${at % 50}`]));
  const images = Array.from({ length: 50 }, (_, at) => ({ id: `many-${at}`, platform: 'linux/amd64' }));
  await fillIndex(database, 'local', [{ name: 'many/tags', tags }], images);
  await database.close();
}
