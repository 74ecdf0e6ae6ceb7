import { describe, expect, it } from 'vitest';
import { acceptedTypes, chooseManifest } from './choose-manifest.js';
import type { ManifestRedirect } from './redirect.js';

const list = 'application/vnd.docker.distribution.manifest.list.v2+json';
const schema2 = 'application/vnd.docker.distribution.manifest.v2+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const common = { name: 'redhat/zoo', repository: 'zoo', url: 'http://cdn.redhat.com/zoo/bar', isProtected: false };

/** zoo_v4 of Crane's tests. */
const zoo: ManifestRedirect = {
  ...common,
  version: 4,
  schema2: ['sha256:a1d9', '1.25.1-musl', '1.25.0-glibc'],
  lists: ['bar', 'sha256:3e0e', 'latest'],
  amd64Tags: { bar: ['sha256:c555', 2], latest: ['sha256:c555', 1] },
};
const place = (redirect: ManifestRedirect, reference: string, accept?: string) =>
  chooseManifest(redirect, reference, acceptedTypes(accept)).path;

describe('the manifest that a client gets', () => {
  it.each([
    ['1.25.1-musl', `${list}junk,${schema2}`, 'manifests/2/1.25.1-musl'],
    ['latest', list, 'manifests/list/latest'],
    ['latest', `${schema2};q=0.5, ${list};q=0.1`, 'manifests/list/latest'],
    ['latest', schema2, 'manifests/1/sha256:c555'],
    ['bar', schema2, 'manifests/2/sha256:c555'],
    ['latest', undefined, 'manifests/1/sha256:c555'],
    ['bar', undefined, 'manifests/1/bar'],
    ['1.25.1-musl', undefined, 'manifests/1/1.25.1-musl'],
    ['1.25.1-musl', list, 'manifests/1/1.25.1-musl'],
    ['sha256:3e0e', schema2, 'manifests/1/sha256:3e0e'],
    ['1.25.1-musl', '*/*', 'manifests/1/1.25.1-musl'],
    ['sha256:3e0e', `${ociIndex}, */*`, 'manifests/list/sha256:3e0e'],
    ['sha256:a1d9', `${ociManifest}, */*`, 'manifests/2/sha256:a1d9'],
    ['bar', ociManifest, 'manifests/2/sha256:c555'],
    ['1.25.1-musl', ociIndex, 'manifests/1/1.25.1-musl'],
    ['unknown', `${list},${schema2}`, 'manifests/1/unknown'],
    ['constructor', schema2, 'manifests/1/constructor'],
  ])('for %s, accepting %s, is %s', (reference, accept, path) => {
    expect(place(zoo, reference, accept)).toBe(path);
  });

  it('of version 2 is the one of its name, whatever is accepted', () => {
    const bar: ManifestRedirect = { ...common, version: 2, schema2: [], lists: [], amd64Tags: {} };
    expect(place(bar, 'latest', `${list},${schema2}`)).toBe('manifests/latest');
  });

  it('without schema 2 and lists is schema 1', () => {
    const old: ManifestRedirect = { ...zoo, schema2: [], lists: [] };
    expect(place(old, 'bar', `${list},${schema2}`)).toBe('manifests/1/bar');
    expect(place({ ...old, version: 3, amd64Tags: {} }, 'bar', schema2)).toBe('manifests/1/bar');
  });
});
