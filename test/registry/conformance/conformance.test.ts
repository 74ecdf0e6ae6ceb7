import { AssertionError } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { type DockerRegistry, dockerRegistry } from '../docker-registry.js';
import { installed } from '../proxy/start-registry.js';
import { cases } from './cases.js';
import { Repository } from './repository.js';
import { suite111, suiteOfMain } from './suites.js';

const noReferrers = 'there is no API of referrers, and no OCI-Subject';
const says256 = 'it keeps the blob, but says its sha256 in Docker-Content-Digest';

/** Where docker-registry 2.8.2 does otherwise, and what it does. */
const known: Readonly<Record<string, string>> = {
  'tags, sorted': 'in the order of the folder, sorted only by chance',
  'tags in pages': '`n` is ignored',
  'no tags when none are asked for': '`n` is ignored',
  'referrers of what is not there': noReferrers,
  'referrers, and those of a type': noReferrers,
  'referrers of a subject that comes later': noReferrers,
  'an index that refers': noReferrers,
  'sha256: one POST': '202: the body is ignored',
  'sha512: POST, then PUT': says256,
  'sha512: one POST': '202: the body is ignored',
  'sha512: chunks': says256,
  'sha512: chunks, the last one with PUT': says256,
  'sha512: a stream of unknown length': says256,
  'a chunk out of order is refused, and the upload goes on': '202: it is appended where it does not belong',
  'a chunk that lost its connection half-way can be gone on with': '404: the upload is lost',
  'a part beyond the end of a blob': '416, with the length of the blob and then no such body',
  'a blob is mounted from wherever it is': '202: it wants to be told from where',
  'pushed and pulled: image with layers that are had elsewhere': '500, unless its configuration allows the URLs',
  'a manifest by its sha512': '400: manifests have a sha256',
  'tags beside the digest': '201, but there are no tags',
  'digests that are none': '500 for one that is too short',
  'a manifest that is none': 'DIGEST_INVALID for an object without a configuration',
  'a manifest of more than the most': '400',
  'names that are none': 'a name may begin with a host, in capitals too',
  'a tag goes, its manifest and the other tags stay': '400: only digests can be deleted',
  'a manifest goes by its sha512, by whatever digest it is asked for': '400: manifests have a sha256',
  'a referrer goes out of the list': noReferrers,
  'sha256: chunks of the wrong order, then of the right one': '202: it is appended where it does not belong',
  'sha256: parts, also beyond the end and reversed': '416, with the length of the blob and then no such body',
  'sha256: a wrong digest, by every way to push': '202 for one POST: the body is ignored',
  'sha256: an index with its images, pushed with tags beside the digest, pulled and deleted':
    '201, but there are no tags',
  'sha512: chunks of the wrong order, then of the right one': '202: it is appended where it does not belong',
  'sha512: mounted from another repository, or begun where it is not there':
    '202 without a Location for what is not there',
  'sha512: parts, also beyond the end and reversed': '416, with the length of the blob and then no such body',
  'sha512: a wrong digest, by every way to push': '202 for one POST: the body is ignored',
  'sha512: an index with its images, pushed with tags beside the digest, pulled and deleted':
    '400: manifests have a sha256',
  'a manifest with bytes behind those of its digest, and one by a digest that is none': '500 for one that is too short',
};

test.each([
  ['version 1.1.1', suite111],
  ['the main branch', suiteOfMain],
])('each case of the suite of %s has one of ours', (_, suite) => {
  const names = new Set(cases.map(({ name }) => name));
  expect(names.size).toBe(cases.length);
  expect(Object.values(suite).flatMap((ours) => ours.filter((name) => !names.has(name)))).toEqual([]);
});

describe('the embedded registry', () => {
  let folder: string;
  let server: RegistryServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-conformance-'));
    server = await serveRegistry({ dir: folder, delete: true });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test.each(cases.map(({ name, run }, at) => ({ name, run, at })))('$name', async ({ run, at }) => {
    await run(new Repository(server.url, `case-${at}/of`));
  });
});

describe.skipIf(!installed('docker-registry'))('docker-registry 2.8.2 (where it is installed)', () => {
  let folder: string;
  let registry: DockerRegistry;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-conformance-'));
    registry = await dockerRegistry(folder);
  });
  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  test('does otherwise just where it is known to', async () => {
    const otherwise: Record<string, string> = {};
    for (const [at, { name, run }] of cases.entries()) {
      try {
        await run(new Repository(registry.url, `case-${at}/of`));
      } catch (error) {
        if (!(error instanceof AssertionError)) throw error;
        otherwise[name] = error.message;
      }
    }
    expect(Object.keys(otherwise)).toEqual(Object.keys(known));
  });
});
