import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/kit/folder-of.js';
import { inShort, readText } from '../../../test/kit/lists/read-text.js';
import { makeAuthority } from '../../pki/make-authority.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-skopeo-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe("skopeo sync's list", () => {
  it('gives images, trust and accounts', async () => {
    const { certificate, key } = await makeAuthority('ecdsa');
    for (const [name, text] of Object.entries({ 'ca.crt': 'CA', 'a.cert': certificate, 'a.key': key }))
      writeFileSync(join(folder, name), text);
    const text = `registry.example.com:
  images:
    busybox: []
    os/app:
      - "1.0"
      - 1.10
      - sha256:${'0'.repeat(64)}
    alpine:
  images-by-tag-regex:
    nginx: ^1\\.13\\.[12]-alpine-perl$
  images-by-semver:
    redis: ">= 5.0.0, < 7"
  credentials:
    username: john
    password: this is a secret
  tls-verify: true
  cert-dir: ${folder}
quay.io:
  tls-verify: false
  images: {coreos/etcd: [latest]}
docker.io:
  images: {busybox: [1.36]}
`;
    const { list, errors } = await readText(text);
    expect(errors).toBe('');
    expect(inShort(list)).toMatchInlineSnapshot(`
      "3: registry.example.com/busybox -> busybox | allow  deny  semver - latest -
      4: registry.example.com/os/app -> os/app | :1.0 | :1.10 | @sha256:000000…
      8: registry.example.com/alpine -> alpine | allow  deny  semver - latest -
      10: registry.example.com/nginx -> nginx | allow /^1\\.13\\.[12]-alpine-perl$/search deny  semver - latest -
      12: registry.example.com/redis -> redis | allow  deny  semver >= 5.0.0  < 7 latest -
      20: quay.io/coreos/etcd -> coreos/etcd | :latest
      22: docker.io/library/busybox -> library/busybox | :1.36"
    `);
    expect([...(list?.trust ?? [])]).toEqual([
      ['registry.example.com', { ca: 'CA', cert: certificate, key, verify: true }],
      ['quay.io', { verify: false }],
    ]);
    expect([...(list?.credentials ?? [])]).toEqual([
      ['registry.example.com', { username: 'john', password: 'this is a secret' }],
    ]);
    expect(list?.notices.join('\n')).toMatchInlineSnapshot(`
      "quay.io: "tls-verify: false" takes any certificate; plain http is used only where http:// is written
      images keep their path: os/app stays os/app (skopeo sync writes it to app without --scoped)"
    `);
  });

  it('says what is wrong', async () => {
    const text = `registry.example.com/team:
  images: {a: [1]}
registry.example.com:
  images: {Busybox: [latest], "b:1": [], c: [x y], d: 1}
  image-by-semver: {e: ">=1"}
  credentials: {username: x}
`;
    expect((await readText(text)).errors).toMatchInlineSnapshot(`
      "4:55 registry.example.com.images.d: expected a list, found number 1 (write a list: [1])
      6:16 registry.example.com.credentials needs "password" (text)
      5:3 registry.example.com: unknown key "image-by-semver" (did you mean "images-by-semver"? expected images, images-by-tag-regex, images-by-semver, credentials, tls-verify or cert-dir)"
    `);
    const lonely = join(folder, 'lonely');
    mkdirSync(lonely);
    writeFileSync(join(lonely, 'a.cert'), '');
    const more = `registry.example.com/team:
  images: {a: [1]}
registry.example.com:
  images: {Busybox: [latest], "b:1": [], c: [x y]}
  images-by-tag-regex: {e: "(?!x)"}
  images-by-semver: {e: newest}
  cert-dir: ${join(folder, 'none')}
quay.io:
  images: {a: ["1"]}
  cert-dir: ${lonely}
`;
    expect((await readText(more)).errors.replaceAll(folder, 'FOLDER')).toMatchInlineSnapshot(`
      "1:1 "registry.example.com/team" is not host or host:port
      7:13 cannot read FOLDER/none: no such file or directory
      4:12 "Busybox" is not an image: repositories are written in small letters: busybox
      4:31 "b:1": tags are written in a list: {b: [1]}
      4:46 text "x y" is neither a tag nor a digest
      5:28 not a regular expression: look-ahead, (?=…) or (?!…), cannot be used: write what matches, and what does not match as a pattern of its own that excludes
      6:25 text "newest" is not a range of versions, as ">=1.2 <2"
      10:13 FOLDER/lonely/a.cert has no a.key beside it"
    `);
  });
});

it.each([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
])('images of %s were looked for without library/', async (hub) => {
  const text = `${hub}:\n  images: {nginx: ["1"], team/web: ["1"]}\n  credentials: {username: u, password: p}\n  tls-verify: false\n`;
  const { list } = await readText(text);
  const from = list?.wanted.map(({ source, repository }) => `${source}/${repository}`);
  expect(from).toEqual(['docker.io/library/nginx', 'docker.io/team/web']);
  expect([[...(list?.credentials.keys() ?? [])], [...(list?.trust.keys() ?? [])]]).toEqual([
    ['docker.io'],
    ['docker.io'],
  ]);
});

it("reads the YAML of skopeo's manual whole", async () => {
  const certificates = folderOf({ 'ca.crt': '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n' });
  const digest = `sha256:${'0'.repeat(32)}${'1'.repeat(32)}`;
  const text = `registry.example.com:
    images:
        busybox: []
        redis:
            - "1.0"
            - "2.0"
            - "${digest}"
    images-by-tag-regex:
        nginx: ^1\\.13\\.[12]-alpine-perl$
    images-by-semver:
        alpine: ">= 3.12.0"
    credentials:
        username: john
        password: this is a secret
    tls-verify: true
    cert-dir: ${certificates}
quay.io:
    tls-verify: false
    images:
        coreos/etcd:
            - latest
`;
  const { list, errors } = await readText(text);
  expect(errors).toBe('');
  expect(inShort(list)).toMatchInlineSnapshot(`
    "3: registry.example.com/busybox -> busybox | allow  deny  semver - latest -
    4: registry.example.com/redis -> redis | :1.0 | :2.0 | @sha256:000000…
    9: registry.example.com/nginx -> nginx | allow /^1\\.13\\.[12]-alpine-perl$/search deny  semver - latest -
    11: registry.example.com/alpine -> alpine | allow  deny  semver >= 3.12.0 latest -
    20: quay.io/coreos/etcd -> coreos/etcd | :latest"
  `);
  expect([...(list?.trust ?? [])].map(([host, { verify, ca }]) => [host, verify, ca !== undefined])).toEqual([
    ['registry.example.com', true, true],
    ['quay.io', false, false],
  ]);
});
