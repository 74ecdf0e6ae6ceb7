import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OpenedRegistry } from '../../src/registry/client/open.js';
import type { RawManifest } from '../../src/registry/manifest.js';
import { connect, type ServiceClient } from '../../src/service-client/connect.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { pushImage, pushIndex, registryAs } from './pushed-images-kit.js';
import { admin, type TestService, testService } from './service-kit.js';

const run = promisify(execFile);
const bob = ['bob', 'hunter2 hunter2'] as const;
const carl = ['carl', 'hunter3 hunter3'] as const;
const place = { registry: 'local', repository: 'bob/app' };
const base = '/api/v1/registries/local/repositories/bob%2Fapp';

const spdx = {
  spdxVersion: 'SPDX-2.3',
  name: 'app',
  creationInfo: { created: '2024-01-01T00:00:00Z', creators: ['Tool: syft-1.0'] },
  packages: [
    {
      name: 'openssl',
      versionInfo: '3.0.1',
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: 'Apache-2.0',
      externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:deb/debian/openssl@3.0.1' }],
    },
  ],
};
const cycloneDx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  components: [
    {
      group: 'org.example',
      name: 'outer',
      version: '1',
      licenses: [{ license: { id: 'MIT' } }],
      components: [{ name: 'inner', version: '2', licenses: [{ expression: 'GPL-2.0 OR MIT' }] }],
    },
  ],
};
const provenance = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: 'https://example.com/build',
      externalParameters: { target: 'final' },
      resolvedDependencies: [{ uri: 'pkg:docker/alpine@3', digest: { sha256: 'ab' } }],
    },
    runDetails: { builder: { id: 'https://example.com/builder' }, metadata: { startedOn: '2024-01-01T00:00:00Z' } },
  },
};
const statement = {
  _type: 'https://in-toto.io/Statement/v0.1',
  predicateType: 'https://spdx.dev/Document',
  predicate: spdx,
};

describe.each(['sqlite', 'postgres'] as const)('what the API tells of images, by %s', (kind) => {
  let server: PostgresServer | undefined;
  let service: TestService;
  let registry: OpenedRegistry;
  let images: ServiceClient['images'];
  let [amd, arm, index]: (RawManifest | undefined)[] = [];
  const digest = (manifest: RawManifest | undefined) => manifest?.digest ?? '';
  const image = (layers: string[], architecture: string) => ({
    layers,
    config: {
      os: 'linux',
      architecture,
      author: 'anna',
      created: '2024-05-01T00:00:00Z',
      config: {
        Env: ['PATH=/bin', 'A=b'],
        Entrypoint: ['/app'],
        Cmd: ['--help'],
        User: '1000',
        WorkingDir: '/srv',
        ExposedPorts: { '8080/tcp': {} },
        Volumes: { '/data': {} },
        Labels: { team: 'web' },
      },
      history: [
        { created_by: 'ADD base', created: '2024-04-01T00:00:00Z' },
        { created_by: 'ENV A=b', empty_layer: true },
        { created_by: 'COPY app', comment: 'buildkit' },
      ],
    },
  });
  /** Pushes what is about an image, and reads what the service tells of it. */
  const attached = async (
    subject: RawManifest | undefined,
    layers: Parameters<typeof pushImage>[3]['layers'],
    type: string,
  ) => {
    const pushed = await pushImage(registry, 'bob/app', undefined, {
      layers,
      artifactType: type,
      ...(subject === undefined ? {} : { subject }),
    });
    const known = async () => (await images.image(place, digest(subject))).referrers.map((each) => each.digest);
    await expect.poll(known).toContain(pushed.digest);
    return await images.referrerContent(place, digest(subject), pushed.digest);
  };

  beforeAll(async () => {
    server = kind === 'postgres' ? await startPostgres() : undefined;
    const database = await server?.database();
    const host = `127.0.0.1:${await freePort()}`;
    service = await testService({ registry_listen: host, ...(database === undefined ? {} : { database }) });
    for (const [name, password] of [bob, carl]) await service.send('POST /api/v1/users', { name, password });
    registry = registryAs(host, bob);
    images = connect({ url: service.url, account: { name: bob[0], password: bob[1] } }).images;
    amd = await pushImage(registry, 'bob/app', undefined, image(['base', 'amd64 app'], 'amd64'));
    arm = await pushImage(registry, 'bob/app', undefined, image(['base', 'arm64 app'], 'arm64'));
    const note = await pushImage(registry, 'bob/app', undefined, {
      layers: [
        { text: JSON.stringify(statement), mediaType: 'application/vnd.in-toto+json' },
        { text: JSON.stringify(provenance), mediaType: 'application/vnd.in-toto+json' },
      ],
      config: { os: 'unknown', architecture: 'unknown' },
    });
    index = await pushIndex(registry, 'bob/app', '1', [
      { manifest: amd, platform: 'linux/amd64' },
      { manifest: arm, platform: 'linux/arm64' },
      { manifest: note, platform: 'unknown/unknown', about: amd.digest },
    ]);
    await registry.putManifest('bob/app', 'latest', index);
    await pushImage(registry, 'bob/other', 'x', image(['base', 'other'], 'amd64'));
    const carls = registryAs(host, carl);
    await pushImage(carls, 'carl/own', 'x', image(['base', 'amd64 app'], 'amd64'));
    await carls.close();
    // All is read by then: the index, its images, and what was pushed last.
    const path = `GET ${base}/images/${digest(amd)}`;
    await vi.waitFor(
      async () => {
        const { layers } = (await service.send(path, undefined, admin)).body;
        const { platforms } = await images.image(place, digest(index));
        expect([layers[0].sharedBy, platforms.length]).toEqual([2, 2]);
        expect(platforms.every(({ createdAt }) => createdAt !== null)).toBe(true);
      },
      { timeout: 20_000, interval: 200 },
    );
  });
  afterAll(async () => {
    await registry.close();
    await service.close();
    await server?.stop();
  });

  it('a tag of an index names its platforms, not its attestations, and what else leads to it', async () => {
    const { items, count } = (await service.send(`GET ${base}/tags?sort=-version`, undefined, bob)).body;
    expect(count).toBe(2);
    expect(items[0]).toMatchObject({ name: '1', digest: digest(index), siblings: 1, signed: false, attachedTo: null });
    expect(items[0].platforms.map(({ platform }: { platform: string }) => platform)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    const { uniqueBytes, bytes, actions, tags, visibility } = await images.repository(place);
    expect(bytes).toBeGreaterThan(uniqueBytes);
    expect({ actions, tags, visibility }).toEqual({
      actions: ['see', 'pull', 'push', 'delete', 'manage'],
      tags: 2,
      visibility: 'private',
    });
  });

  it('an index has its platforms with their attestations', async () => {
    const { kind: what, platforms, referrers, tags } = await images.image(place, digest(index));
    expect({ what, tags }).toEqual({ what: 'index', tags: ['1', 'latest'] });
    expect(platforms.map(({ platform, attestations }) => [platform, attestations.length])).toEqual([
      ['linux/amd64', 1],
      ['linux/arm64', 0],
    ]);
    expect(referrers).toMatchObject([{ kind: 'attestation', via: 'index', about: digest(amd) }]);
  });

  it('an image has its configuration, and layers with the lines that made them', async () => {
    const { config, layers, history, partOf, kind: what } = await images.image(place, digest(amd));
    expect(config).toMatchObject({
      env: ['PATH=/bin', 'A=b'],
      entrypoint: ['/app'],
      cmd: ['--help'],
      user: '1000',
      workdir: '/srv',
      ports: ['8080/tcp'],
      volumes: ['/data'],
      labels: { team: 'web' },
      created: '2024-05-01T00:00:00.000Z',
      truncated: false,
    });
    expect(layers.map(({ createdBy }) => createdBy)).toEqual(['ADD base', 'COPY app']);
    expect(history.map(({ createdBy, layer }) => [createdBy, layer === null])).toEqual([
      ['ADD base', false],
      ['ENV A=b', true],
      ['COPY app', false],
    ]);
    expect({ what, partOf }).toEqual({ what: 'image', partOf: [digest(index)] });
  });

  it('others are named as far as the sender sees them', async () => {
    const seen = await images.image(place, digest(amd));
    expect(seen.layers[0]).toMatchObject({ sharedBy: 1, sharedWith: [{ registry: 'local', repository: 'bob/other' }] });
    expect(seen.alsoAt).toEqual([]);
    const all = (await service.send(`GET ${base}/images/${digest(amd)}`, undefined, admin)).body;
    expect(all.layers[0].sharedBy).toBe(2);
    expect(all.alsoAt).toEqual([{ registry: 'local', repository: 'carl/own', tags: ['x'] }]);
  });

  it('attestations are read: packages and provenance', async () => {
    const [attestation] = (await images.image(place, digest(amd))).referrers;
    const { contents, verified } = await images.referrerContent(place, digest(amd), attestation?.digest ?? '');
    expect(verified).toBe(false);
    expect(contents[0]).toMatchObject({
      kind: 'sbom',
      format: 'spdx',
      tools: ['syft-1.0'],
      packages: [{ name: 'openssl', version: '3.0.1', licenses: ['Apache-2.0'], purl: 'pkg:deb/debian/openssl@3.0.1' }],
    });
    expect(contents[1]).toMatchObject({
      kind: 'provenance',
      builder: 'https://example.com/builder',
      materials: [{ uri: 'pkg:docker/alpine@3', digest: 'sha256:ab' }],
      parameters: { target: 'final' },
    });
  });

  it('lists of packages in envelopes and by themselves are read, with those within others', async () => {
    const type = 'application/vnd.cyclonedx+json';
    const { contents } = await attached(amd, [{ text: JSON.stringify(cycloneDx), mediaType: type }], type);
    expect(contents).toMatchObject([
      {
        format: 'cyclonedx',
        count: 2,
        packages: [
          { name: 'org.example/outer', licenses: ['MIT'] },
          { name: 'inner', version: '2', licenses: ['GPL-2.0 OR MIT'] },
        ],
      },
    ]);
    const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
    const envelope = JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload, signatures: [] });
    const dsse = 'application/vnd.dsse.envelope.v1+json';
    expect((await attached(amd, [{ text: envelope, mediaType: dsse }], dsse)).contents).toMatchObject([
      { format: 'spdx' },
    ]);
  });

  it('a signature names who signed, by its certificate, and nobody claims that it is right', async () => {
    const key = join(service.folder, 'signer');
    const names = 'subjectAltName=email:anna@example.com';
    const issuer = '1.3.6.1.4.1.57264.1.1=DER:68747470733a2f2f6c6f67696e2e6578616d706c652e636f6d';
    const subject = ['-subj', '/O=signer', '-addext', names, '-addext', issuer];
    const files = ['-keyout', `${key}.key`, '-out', `${key}.pem`];
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      ...files,
      ...subject,
    ]);
    const payload = {
      critical: {
        identity: { 'docker-reference': 'local/bob/app' },
        image: { 'docker-manifest-digest': digest(index) },
        type: 'cosign container image signature',
      },
    };
    const layer = {
      text: JSON.stringify(payload),
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      annotations: { 'dev.sigstore.cosign/certificate': await readFile(`${key}.pem`, 'utf8') },
    };
    const tag = `${digest(index).replace(':', '-')}.sig`;
    const { digest: signature } = await pushImage(registry, 'bob/app', tag, { layers: [layer] });
    await expect.poll(async () => (await images.image(place, digest(index))).signed).toBe(true);
    const { contents } = await images.referrerContent(place, digest(index), signature);
    expect(contents).toMatchObject([
      {
        kind: 'signature',
        format: 'cosign',
        signedDigest: digest(index),
        identity: 'anna@example.com',
        issuer: 'https://login.example.com',
        certificate: { subject: 'O=signer' },
      },
    ]);
    const { items } = (await service.send(`GET ${base}/tags?attached=false`, undefined, bob)).body;
    expect(items.map(({ name, signed }: { name: string; signed: boolean }) => [name, signed])).toEqual([
      ['1', true],
      ['latest', true],
    ]);
  });

  it('what is no JSON, deeply nested, or larger than is read, is no error', async () => {
    const type = 'application/vnd.in-toto+json';
    const large = { text: ' '.repeat(9 << 20), mediaType: type };
    const layers = [`${'['.repeat(5000)}`, '\u{d800}\0 no JSON', '{"predicateType":7,"predicate":null}', '[null]'];
    const texts = layers.map((text) => ({ text, mediaType: type }));
    const { contents, truncated } = await attached(arm, [...texts, large], type);
    expect(contents.map((each) => each.kind)).toEqual(['other', 'other', 'other', 'other']);
    expect(truncated).toBe(true);
  });

  it('content takes the right to pull, and a manifest that is about the image', async () => {
    const { referrers } = await images.image(place, digest(amd));
    const path = `GET ${base}/images/${digest(amd)}/referrers`;
    expect((await service.send(`${path}/${referrers[0]?.digest}/content`, undefined, carl)).status).toBe(404);
    expect((await service.send(`${path}/${digest(arm)}/content`, undefined, bob)).status).toBe(404);
    const grant = { subject: { kind: 'account', name: 'carl' }, path: 'bob/app', role: 'viewer' };
    await service.send('POST /api/v1/grants', grant, bob);
    await expect
      .poll(async () => (await service.send(`${path}/${referrers[0]?.digest}/content`, undefined, carl)).status)
      .toBe(403);
  });

  it('repositories come in the order of their pushes, with their tags', async () => {
    const listed = async (sort: string) => {
      const names = [];
      for await (const { name, tags } of images.repositories({ sort })) names.push(`${name} ${tags > 0}`);
      return names;
    };
    expect(await listed('-name')).toEqual(['bob/other true', 'bob/app true']);
    expect((await listed('pushed')).toSorted()).toEqual(['bob/app true', 'bob/other true']);
    expect(await listed('-pushed')).toEqual((await listed('pushed')).toReversed());
    const { next } = (await service.send('GET /api/v1/repositories?sort=pushed&limit=1', undefined, bob)).body;
    const rest = await service.send(
      `GET /api/v1/repositories?sort=pushed&after=${encodeURIComponent(next)}`,
      undefined,
      bob,
    );
    expect(rest.body.items).toHaveLength(1);
    expect((await service.send('GET /api/v1/repositories?sort=pushed&after=x', undefined, bob)).status).toBe(422);
  });

  it('lists are exported as files, all pages of them', async () => {
    const file = await service.send('GET /api/v1/repositories?format=csv&limit=1', undefined, bob);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="repositories.csv"');
    expect(file.body.split('\r\n')).toHaveLength(4);
    expect(file.body).toMatch(/^registry,name,tags,visibility,/);
    const accept = { Accept: 'text/csv' };
    expect((await service.send(`GET ${base}/tags`, undefined, bob, accept)).body).toMatch(/^name,digest,/);
    expect((await service.send('GET /api/v1/search?q=app', undefined, bob, accept)).body).toMatch(
      /^kind,.*\r\nrepository,local,/,
    );
    expect((await service.send('GET /api/v1/jobs', undefined, admin, accept)).body).toMatch(/^id,kind,/);
    expect((await service.send('GET /api/v1/audit', undefined, admin, accept)).body).toMatch(/^id,at,actor,/);
    expect((await service.send('GET /api/v1/audit', undefined, bob, accept)).status).toBe(403);
    expect((await service.send('GET /api/v1/audit?after=x&format=csv')).status).toBe(422);
  });

  it('retention is tried by the index: what stays, and why', async () => {
    const client = connect({ url: service.url, account: { name: admin[0], password: admin[1] } }).images;
    const found = [];
    for await (const each of client.previewRetention('local', { keep: ['latest'] }, 'bob/app')) found.push(each);
    const [app] = found;
    expect(found).toHaveLength(1);
    expect(app?.keep.map(({ tag, why }) => [tag, why])).toContainEqual(['latest', 'matches a pattern to keep']);
    expect(app?.remove.map(({ tag }) => tag)).toEqual(['1']);
    expect(app).toMatchObject({ skipped: false, bytes: 0 });
    const all = [];
    for await (const each of client.previewRetention('local', { deny: ['*'] })) all.push(each);
    expect(all.map(({ repository, skipped }) => [repository, skipped])).toContainEqual(['bob/other', true]);
    const path = 'POST /api/v1/registries/local/retention/preview';
    expect((await service.send(path, { retention: {} })).status).toBe(422);
    expect((await service.send(path, { retention: { newest: 1 } }, bob)).status).toBe(403);
    expect((await service.send(path.replace('local', 'none'), { retention: { newest: 1 } })).status).toBe(404);
  });

  it('storage says what is shared, and adds up', async () => {
    const { registries, repositories, prefixes } = (await service.send('GET /api/v1/storage')).body;
    const app = repositories.find(({ repository }: { repository: string }) => repository === 'bob/app');
    expect(app.bytes).toBe(app.uniqueBytes + app.sharedBytes);
    expect(app.sharedBytes).toBeGreaterThan(0);
    expect(prefixes.map(({ prefix }: { prefix: string }) => prefix).sort()).toEqual(['bob/', 'carl/']);
    const [local] = registries;
    expect(local).toMatchObject({ registry: 'local', repositories: 3 });
    expect(local.bytes).toBeGreaterThan(app.bytes);
    expect((await service.send('GET /api/v1/storage', undefined, bob)).status).toBe(403);
    const one = (await service.send('GET /api/v1/storage?prefix=carl/')).body;
    expect(one.repositories).toHaveLength(1);
  });
});
