import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { upgradeFindings } from './findings.js';
import { schemaOneImages } from './schema-one.js';

const told = (config: unknown, to = '3.1.1') =>
  upgradeFindings(config, to)
    .filter(({ level }) => level !== 'note')
    .map(({ level, key }) => `${level} ${key}`);

describe('an upgrade to 3.x', () => {
  it.each([
    [{ storage: { filesystem: {} } }, []],
    [{ storage: { swift: {} } }, ['breaks storage.swift']],
    [{ storage: { oss: {} } }, ['breaks storage.oss']],
    [{ storage: { s3: { regionendpoint: 'http://s3' } } }, ['breaks storage.s3.regionendpoint']],
    [{ storage: { s3: { regionendpoint: 'http://s3', forcepathstyle: true } } }, []],
    [{ storage: { s3: { region: 'r' } } }, []],
    [
      { redis: { addr: 'r:6379', pool: { maxidle: 1, maxactive: 2, idletimeout: '1s' } } },
      [
        'breaks redis.addr',
        'changes redis.pool.maxidle',
        'changes redis.pool.maxactive',
        'changes redis.pool.idletimeout',
      ],
    ],
    [{ redis: { addrs: ['r:6379'] } }, []],
    [{ compatibility: { schema1: { enabled: true } } }, ['breaks compatibility.schema1']],
    [{ validation: { enabled: true } }, ['changes validation.enabled']],
    [{ reporting: { bugsnag: {} } }, ['changes reporting']],
    [
      { storage: { cache: { blobdescriptor: 'inmemory' } }, proxy: { remoteurl: 'http://u' } },
      ['breaks storage.cache'],
    ],
    [{ storage: { cache: { blobdescriptor: 'inmemory' } } }, []],
    [{ storage: { maintenance: { uploadpurging: { enabled: true } } } }, ['breaks storage.maintenance.uploadpurging']],
    [{ storage: { maintenance: { uploadpurging: { enabled: false } } } }, []],
    [{ auth: { htpasswd: { path: '/etc/docker/registry' } } }, ['breaks auth.htpasswd.path']],
  ])('of %j', (config, expected) => {
    expect(told(config)).toEqual(expected);
  });

  it.each([
    ['3.0', ['breaks storage.delete.enabled']],
    ['3.1.0', ['breaks storage.delete.enabled']],
    ['3.1', []],
    ['3.1.1', []],
    ['3.2.0', []],
  ])('to %s knows whether tags can be deleted though it is off', (to, expected) => {
    expect(told({}, to)).toEqual(expected);
    expect(told({ storage: { delete: { enabled: true } } }, to)).toEqual([]);
  });
});

describe('images of schema 1', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'upgrade-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const put = (repository: string, hex: string, manifest: unknown) => {
    const base = join(root, 'docker/registry/v2');
    const revision = join(base, 'repositories', repository, '_manifests/revisions/sha256', hex);
    const blob = join(base, 'blobs/sha256', hex.slice(0, 2), hex);
    for (const folder of [revision, blob]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(revision, 'link'), `sha256:${hex}`);
    writeFileSync(join(blob, 'data'), JSON.stringify(manifest));
  };

  it('are found, in repositories within repositories too', async () => {
    put('a', 'aa11', { schemaVersion: 2 });
    put('a', 'bb22', { schemaVersion: 1 });
    put('a/b/c', 'cc33', { schemaVersion: 1 });
    expect(await schemaOneImages(root)).toEqual(['a@sha256:bb22', 'a/b/c@sha256:cc33']);
  });

  it('are not looked for where there is no storage', async () => {
    expect(await schemaOneImages(root)).toBeUndefined();
  });
});
