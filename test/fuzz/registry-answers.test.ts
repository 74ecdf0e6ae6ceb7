import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { InputError } from '../../src/diagnostics/diagnostic.js';
import { parseAddress } from '../../src/registry/address.js';
import { readDryRun } from '../../src/registry/admin/gc/dry-run.js';
import { readUnits } from '../../src/registry/admin/gc/systemd-runtime.js';
import { readDate } from '../../src/registry/admin/image-date.js';
import { accountOf, authKey, parseAuthFile } from '../../src/registry/auth/auth-files.js';
import { nextLink } from '../../src/registry/client/listing/link-header.js';
import { readChallenges } from '../../src/registry/client/tokens/challenge.js';
import { answerError } from '../../src/registry/client/wire/answer-error.js';
import { quotaOf } from '../../src/registry/client/wire/quota.js';
import { retryAfter } from '../../src/registry/client/wire/retry-delay.js';
import { isDigest } from '../../src/registry/digest.js';
import { rawManifest, readManifest } from '../../src/registry/manifest.js';
import { isMediaType, mediaTypes } from '../../src/registry/media-types.js';
import { isRegistryHost, isRepository, isTag } from '../../src/registry/names.js';
import { RegistryError } from '../../src/registry/registry-error.js';
import { Rights } from '../../src/registry/server/access/rights.js';
import { parseHtpasswd } from '../../src/registry/server/accounts/htpasswd.js';
import { pageOf } from '../../src/registry/server/answers/answer-lists.js';
import { byteRange, chunkRange, matchesEtag } from '../../src/registry/server/answers/byte-range.js';
import { routeOf } from '../../src/registry/server/answers/route.js';
import { readAccessRules } from '../../src/registry/server/config/read-files.js';
import { configuredOptions } from '../../src/registry/server/config/server-options.js';
import { ExtraHeaders } from '../../src/registry/server/rules/extra-headers.js';
import { immutableTags } from '../../src/registry/server/rules/immutable-tags.js';
import { manifestText } from '../../src/registry/server/storage/manifest-text.js';
import { fuzz } from './fuzz.js';
import { promise, type Reader } from './reader.js';

const fileOfServer = join(mkdtempSync(join(tmpdir(), 'fuzz-server-')), 'file.yml');
afterAll(() => rmSync(dirname(fileOfServer), { recursive: true }));

const refuses = (error: unknown) => error instanceof RegistryError;
const never = () => false;

const digest = `sha256:${'ab'.repeat(32)}`;
const json = (value: unknown) => JSON.stringify(value);
const descriptor = {
  mediaType: mediaTypes.ociLayer,
  digest,
  size: 12,
  urls: ['https://example.com'],
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
};
const image = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  artifactType: 'a/b',
  config: descriptor,
  layers: [descriptor],
  subject: descriptor,
  annotations: { a: 'b' },
};
const index = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: [descriptor, { ...descriptor, digest: `sha512:${'c'.repeat(128)}` }],
};

/** A reader of a short text that never refuses with an error. */
function text(
  name: string,
  seeds: readonly string[],
  words: readonly string[],
  read: (text: string) => boolean,
): Reader {
  return { name, seeds, words, refuses: never, run: (input) => read(input.toString('utf8')) };
}

fuzz([
  {
    name: 'a manifest',
    seeds: [json(image), json(index), json({ ...image, mediaType: undefined })],
    words: [
      'mediaType',
      'digest',
      'size',
      'layers',
      'manifests',
      'config',
      'subject',
      digest,
      mediaTypes.dockerSchema1,
    ],
    refuses,
    run(input) {
      for (const type of ['', mediaTypes.ociIndex, 'a/b\r\nX: 1']) {
        const raw = rawManifest(input, type);
        promise(raw.mediaType === '' || isMediaType(raw.mediaType), 'not a media type', raw.mediaType);
      }
      const manifest = readManifest(rawManifest(input, mediaTypes.ociManifest), 'it');
      const inner = manifest.kind === 'index' ? manifest.manifests : [manifest.config, ...manifest.layers];
      for (const { digest, size } of [...inner, ...(manifest.subject === undefined ? [] : [manifest.subject])]) {
        promise(isDigest(digest) && Number.isSafeInteger(size) && size >= 0, 'not a descriptor', { digest, size });
      }
      return true;
    },
  },
  text(
    'a manifest that is pushed',
    [json(image), json(index)],
    ['schemaVersion', 'layers', 'null', digest],
    (given) => {
      const read = manifestText(Buffer.from(given));
      if (!read.ok) return false;
      const { mediaType, blobs, children } = read.manifest;
      promise(isMediaType(mediaType) && [...blobs, ...children].every(isDigest), 'not a manifest', read.manifest);
      return true;
    },
  ),
  text(
    'the path of a request',
    [
      '/v2/team/web/manifests/1.0',
      `/v2/a/blobs/${digest}`,
      '/v2/a/b/blobs/uploads/00000000-0000-0000-0000-000000000000',
      '/v2/a/tags/list',
      '/v2/_catalog',
    ],
    ['/manifests/', '/blobs/', '/uploads/', '%2e%2e', '%2f', '%00', '/../', digest],
    (path) => {
      const route = routeOf(path, '/metrics');
      if ('name' in route) promise(isRepository(route.name), 'not a repository', route.name);
      if (route.kind === 'manifest')
        promise(
          route.reference.kind === 'digest' ? isDigest(route.reference.digest) : isTag(route.reference.tag),
          'not a reference',
          route,
        );
      if (route.kind === 'upload') promise(/^[0-9a-f-]{36}$/.test(route.id), 'not an upload', route.id);
      return route.kind !== 'refused';
    },
  ),
  text('a query', ['n=10&last=a%2Fb', 'n=0'], ['n=', 'last=', '&', '%'], (given) => {
    const page = pageOf(new URLSearchParams(given), 100, 1000);
    promise(page === undefined || (page.size >= 0 && page.size <= 1000), 'not a size', page);
    return page !== undefined;
  }),
  text(
    'a Range header',
    ['bytes=0-10', 'bytes=-5', 'bytes=7-', '0-99', 'bytes 0-9/*'],
    ['bytes=', '-', ',', '9'.repeat(30)],
    (header) => {
      const range = byteRange(header, 1000);
      const fits =
        range.kind !== 'part' || (range.start >= 0 && range.length > 0 && range.start + range.length <= 1000);
      promise(fits, 'not within the content', range);
      const chunk = chunkRange(header);
      promise(chunk === undefined || chunk.length >= 0, 'not a chunk', chunk);
      matchesEtag(header, digest);
      return range.kind !== 'whole' || chunk !== undefined;
    },
  ),
  text(
    'a challenge',
    [
      'Bearer realm="https://auth.example/token",service="r",scope="repository:a:pull,push"',
      'Basic realm="x", Bearer realm=y',
    ],
    ['Bearer ', 'realm=', '"', '\\"', ',', '=', '__proto__='],
    (header) => {
      const challenges = readChallenges(header);
      for (const { parameters } of challenges)
        promise(
          Object.values(parameters).every((value) => typeof value === 'string'),
          'not a text',
          parameters,
        );
      return challenges.length > 0;
    },
  ),
  text(
    'headers of a registry',
    ['</v2/_catalog?n=1&last=a>; rel="next"', '76;w=21600', 'Wed, 21 Oct 2026 07:28:00 GMT', '120'],
    ['<', '>; rel="next"', ';w=', ', '],
    (header) => {
      nextLink(header);
      const wait = retryAfter({ 'retry-after': header });
      promise(wait === undefined || wait >= 0, 'not a wait', wait);
      quotaOf({ 'ratelimit-remaining': header, 'ratelimit-limit': header, 'ratelimit-reset': header });
      return true;
    },
  ),
  text(
    'the body of an error',
    [json({ errors: [{ code: 'DENIED', message: 'no', detail: {} }] }), '<html><body>502</body></html>'],
    ['errors', 'code', 'message', '<', '>', 'DENIED'],
    (body) => {
      const error = answerError('x', 'GET', 403, body);
      promise(error.message.length < 2000, 'a message without end', error.message.length);
      return true;
    },
  ),
  {
    name: 'the address of a registry',
    seeds: ['http://registry.example:5000/mirror', 'docker.io', '[::1]:5000'],
    words: ['://', ':', '/', '@', 'https://', '[', ']', '%'],
    refuses,
    run(input) {
      const { host, prefix } = parseAddress(input.toString('utf8'));
      promise(isRegistryHost(host) && (prefix === '' || isRepository(prefix)), 'not an address', { host, prefix });
      return true;
    },
  },
  {
    name: 'a file of accounts',
    seeds: [
      json({
        auths: {
          'https://index.docker.io/v1/': { auth: 'YTpi' },
          'r:5000/a': { identitytoken: 'x' },
          c: { registrytoken: 't', username: 'a', password: 'b' },
        },
        credHelpers: { x: 'pass' },
        credsStore: 'secretservice',
      }),
      '{"r.example": {"auth": "YTpi"}}',
    ],
    words: ['auths', 'auth', 'credHelpers', 'credsStore', 'YTpi', 'Og==', '<token>', 'https://'],
    refuses,
    run(input) {
      const file = parseAuthFile(input.toString('utf8'), input.length % 2 === 0 ? 'auth.json' : '.dockercfg');
      for (const [key, account] of file.accounts) {
        promise(authKey(key) === authKey(authKey(key)), 'a name that means several', key);
        if ('registryToken' in account)
          promise(/^[\x21-\x7e]+$/.test(account.registryToken), 'no header holds it', account);
      }
      accountOf('<token>', 'x');
      return true;
    },
  },
  {
    name: 'an htpasswd file',
    seeds: [`# x\nada:$2y$05$${'a'.repeat(53)}\n\nbob:$2b$12$${'B'.repeat(53)}\n`],
    words: ['$2y$05$', '$2b$31$', '$apr1$', '{SHA}', ':', '\n'],
    refuses: (error) => error instanceof Error && /^f:\d+: /.test(error.message),
    run(input) {
      for (const [name, hash] of parseHtpasswd(input.toString('utf8'), 'f'))
        promise(name !== '' && hash.length === 60, 'not an account', name);
      return true;
    },
  },
  {
    name: 'a file of rights',
    seeds: [
      '- {accounts: [ci, "*"], repositories: [team/, a/b, "**"], rights: [pull, push, delete]}\n',
      '[{"accounts": "anonymous", "repositories": "public/", "rights": ["pull"]}]',
    ],
    words: ['accounts: ', 'anonymous', 'admin', 'team/', '**', '- ', '{', ']', '&a ', '*a', '\n'],
    refuses: (error) => error instanceof InputError && error.diagnostics.length > 0,
    run(input) {
      writeFileSync(fileOfServer, input);
      const rights = new Rights(readAccessRules(fileOfServer), false);
      promise(!rights.may(undefined, 'push', 'never/given') || /anonymous/.test(input.toString()), 'a right', input);
      promise(!rights.mayAdminister(undefined), 'an administrator without an account', input);
      return true;
    },
  },
  {
    name: 'a configuration of the embedded registry',
    seeds: [
      'dir: x\nport: 5000\nimmutable_tags: ["team/**:v[0-9]*"]\nquotas: [{prefix: team/, bytes: 10G}]\nrate_limit: {requests: 0.5, burst: 3}\nheaders: {X-A: b}\ncors_origins: ["https://a.example", "*"]\nnotifications: [{name: a, url: "http://x", timeout: 1m30s, ignore: {actions: [pull]}}]\n',
    ],
    words: ['[', ']', '{', 'bytes: ', '1e999', '-1', ':', '**', 'Content-Length', '\n', 'null', '5s'],
    refuses: (error) => error instanceof InputError || error instanceof RegistryError,
    async run(input) {
      writeFileSync(fileOfServer, input);
      const { quotas = [], notifications, headers } = await configuredOptions({ dir: 'x' }, fileOfServer);
      promise(
        quotas.every(({ bytes }) => Number.isSafeInteger(bytes) && bytes >= 0),
        'not a number of bytes',
        quotas,
      );
      const times = notifications?.endpoints.flatMap(({ timeout, backoff }) => [timeout, backoff]) ?? [];
      promise(
        times.every((time) => time >= 0 && time <= 86_400_000),
        'not a time',
        times,
      );
      new ExtraHeaders(headers ?? {}, []);
      return true;
    },
  },
  {
    name: 'a glob of tags',
    seeds: ['team/**:v*', '**/a[!b-d]?:[0-9]*', '**:*'],
    words: ['**', '/', '[', ']', '*', '?', ':', '[!', '-', '/**'],
    refuses: never,
    run(input) {
      const read = immutableTags([input.toString('utf8')]);
      if ('problem' in read) return false;
      for (const [name, tag] of [
        ['team/app', 'v1'],
        [`${'a/'.repeat(100)}b`, 'x'.repeat(128)],
      ] as const)
        read(name, tag);
      return true;
    },
  },
  text(
    'what a collection of garbage prints',
    [
      `team/web\nmanifest eligible for deletion: ${digest}\nblob eligible for deletion: ${digest}\n1 blobs marked, 1 blobs and 1 manifests eligible for deletion\n`,
    ],
    ['eligible for deletion: ', digest, 'blob ', 'team/web\n'],
    (output) => {
      const { blobs, manifests, complete } = readDryRun(output);
      promise(
        [...blobs, ...[...manifests.values()].flatMap((each) => [...each])].every(isDigest),
        'not digests',
        output,
      );
      return complete;
    },
  ),
  text(
    'what systemctl shows',
    [
      'Id=a.service\nLoadState=loaded\nActiveState=active\nMainPID=12\nUser=\nExecStart={ path=/usr/bin/r ; argv[]=/usr/bin/r serve /etc/c.yml ; ignore_errors=no }\n\nId=b.service\n',
    ],
    ['Id=', 'argv[]=', ' ;', '\n\n', 'ExecStart='],
    (shown) => readUnits(shown).length > 0,
  ),
  text(
    'a date of an image',
    ['2020-01-01T00:00:00.123456789Z', '2021-05-06T07:08:09+01:00'],
    ['T', 'Z', '+01:00', '-'],
    (date) => readDate(date) !== undefined,
  ),
]);
