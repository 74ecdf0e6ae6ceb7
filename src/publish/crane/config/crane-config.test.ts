import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InputError } from '../../../diagnostics/diagnostic.js';
import { readCraneConfig } from './crane-config.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-crane-conf-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, 'crane.conf');
  writeFileSync(file, text);
  return readCraneConfig(file);
}

function errorsOf(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ place, message, hint }) => `${place?.line}: ${message}${hint ? ` (${hint})` : ''}`);
  }
}

it('reads what Crane read, in the forms that Python takes', async () => {
  const { links, ...config } = read(`# Crane
[general]
debug: Yes
DATA_DIR = /srv/metadata ; comment
data_dir_polling_interval:5
endpoint:

[cdn]
url_match: http://cdn
url_replace: https://edge
url_auth_secret: ABC123
url_auth_algo: SHA1

[serve_content]
enable: false
content_dir_v1: /nowhere
use_x_sendfile: true
`);
  expect(config).toEqual({
    dataDir: '/srv/metadata',
    interval: 5,
    endpoint: undefined,
    folders: undefined,
    search: undefined,
    debug: true,
  });
  expect(links.v1).toBeUndefined();
  expect(links.v2?.seconds).toBe(300);
  expect(await links.v2?.signer.sign('http://cdn/a', 300)).toMatch(
    /^https:\/\/edge\/a\?_auth_=exp=300~hmac=[0-9a-f]{40}$/,
  );
});

it('folders of content have the places that Crane gave them', () => {
  expect(read('[serve_content]\nenable = on\ncontent_dir_v2 = /srv/v2\n').folders).toEqual({
    v1: '/var/www/pub/docker/v1/web/',
    v2: '/srv/v2',
  });
});

it('an option that is wrong is named, with its line', () => {
  expect(
    errorsOf(`[general]
data_dri: /srv
debug: perhaps
[cdn]
url_auth_secret: secret
url_auth_ttl: -1
url_auth_algo: sha512
[cnd]
[solr]
url: ftp://solr
nonsense
  more
[akamai]
secret: %(secret)s
`),
  ).toMatchInlineSnapshot(`
    [
      "11: neither a section nor an option (write name: value)",
      "14: secret: %(…) is not replaced here (write the value itself)",
      "8: unknown section [cnd] (did you mean [cdn]?)",
      "2: [general] has no option "data_dri" (did you mean "data_dir"?)",
      "3: [general] debug: true or false is expected",
      "5: [cdn] url_auth_secret: hexadecimal digits are expected, an even number of them",
      "6: [cdn] url_auth_ttl: a number of seconds is expected",
      "7: [cdn] url_auth_algo: one of sha256, sha1, md5 is expected",
      "10: [solr] url: an address is expected: https://…",
      "14: [akamai] secret: hexadecimal digits are expected, an even number of them",
    ]
  `);
  expect(errorsOf('data_dir: /srv\n')).toEqual([
    '1: the option data_dir stands before any section (write [general] above it)',
  ]);
});

it('addresses are signed in one way', () => {
  expect(errorsOf('[akamai]\nsecret: aabb\n[nginx]\nexpression: $secure_link_expires$uri x\n')).toEqual([
    '1: addresses are signed in one way: [akamai] and [nginx] are given',
  ]);
  expect(errorsOf('\n[nginx]\nexpression: $uri$host x\n')).toEqual([
    '2: [nginx] the expression for nginx has $host, whose value is not known here',
  ]);
  expect(errorsOf('[cloudfront]\nkey_pair_id: K2\nprivate_key_file: none.pem\n')).toEqual([
    '1: [cloudfront] no such file or directory',
  ]);
  expect(errorsOf('[cdn]\nurl_auth_ttl: 300\n[akamai]\nsecret: aabb\n')).toEqual([]);
});
