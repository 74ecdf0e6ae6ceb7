import { describe, expect, test } from 'vitest';
import { loopbackCertificate, scriptedRegistry } from '../../../../test/kit/scripted-registry.js';
import { openRegistry } from '../open.js';
import { openInsecure } from '../open-insecure.js';
import { answerError } from './answer-error.js';

const immutable = "The image tag '1' already exists in the 'app' repository and is immutable";
const errorOf = (body: unknown, status = 400) =>
  answerError('do it', 'PUT', status, typeof body === 'string' ? body : JSON.stringify(body));

describe('an error whose body left something out was told as its bare status', () => {
  test.each<[string, unknown, string, string[]]>([
    [
      'no detail',
      { errors: [{ code: 'TAG_INVALID', message: immutable }] },
      `TAG_INVALID: ${immutable}`,
      ['TAG_INVALID'],
    ],
    ['null for what is not there', { errors: [{ code: 'DENIED', message: null, detail: null }] }, 'DENIED', ['DENIED']],
    ['a code alone', { errors: [{ code: 'NAME_UNKNOWN' }] }, 'NAME_UNKNOWN', ['NAME_UNKNOWN']],
    [
      'no detail of a blob that lacks',
      { errors: [{ code: 'MANIFEST_BLOB_UNKNOWN' }, { code: 'BLOB_UNKNOWN', message: 'unknown' }] },
      'MANIFEST_BLOB_UNKNOWN; BLOB_UNKNOWN: unknown',
      ['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN'],
    ],
    ['a message alone', { errors: [{ message: 'no such project' }] }, 'no such project', []],
    ['a code in small letters', { errors: [{ code: 'denied', message: 'no' }] }, 'denied: no', ['DENIED']],
    ['a status beside the message', { errors: [{ status: 404, message: 'no such path' }] }, 'no such path', []],
    [
      'one that is wrong among others',
      { errors: [null, 7, { code: 'UNKNOWN', message: 'x' }, {}] },
      'UNKNOWN: x',
      ['UNKNOWN'],
    ],
    ['texts instead of objects', { errors: ['first', 'second'] }, 'first; second', []],
    ['one error that is no list', { errors: { code: 'UNKNOWN', message: 'x' } }, 'UNKNOWN: x', ['UNKNOWN']],
    [
      'a detail for a message',
      { errors: [{ code: 'UNKNOWN', message: '', detail: 'disk full' }] },
      'UNKNOWN: disk full',
      ['UNKNOWN'],
    ],
    ['an empty list and a message', { errors: [], message: 'maintenance' }, 'maintenance', []],
    ['null and a message', { errors: null, message: 'maintenance' }, 'maintenance', []],
    ['a message', { message: 'no such project' }, 'no such project', []],
    [
      "details, as Docker Hub's token server",
      { details: 'incorrect username or password' },
      'incorrect username or password',
      [],
    ],
    [
      'an error of Google',
      { error: { code: 403, message: 'no permission', status: 'PERMISSION_DENIED' } },
      'PERMISSION_DENIED: no permission',
      ['PERMISSION_DENIED'],
    ],
    [
      'an error of OAuth',
      { error: 'invalid_grant', error_description: 'the token has expired' },
      'invalid_grant: the token has expired',
      ['INVALID_GRANT'],
    ],
    ['an error that is a text', { error: 'too many' }, 'too many', []],
    ['a text of JSON', '"no"', 'no', []],
    ['other JSON', { reason: { deep: 1 } }, '{"reason":{"deep":1}}', []],
    ['plain text', 'the operation is not allowed\n', 'the operation is not allowed', []],
    ['a page', '<html><body><h1>413  Too Large</h1></body></html>', '413 Too Large', []],
    ['nothing', '', '', []],
  ])('%s', (_, body, explanation, codes) => {
    const error = errorOf(body);
    expect(error.message).toBe(`could not do it: 400${explanation === '' ? '' : ` ${explanation}`}`);
    expect(error.codes).toEqual(codes);
  });
});

test.each([
  ['DENIED', 'denied'],
  ['DIGEST_INVALID', 'corrupt'],
])('the code %s without a detail was not seen in a 400', (code, kind) => {
  expect(errorOf({ errors: [{ code, message: 'no' }] }).kind).toBe(kind);
});

test.each([
  ['GET', 'unsupported', undefined],
  ['HEAD', 'unsupported', undefined],
  ['PUT', 'read-only', 'make the registry writable: it takes no changes, or is a pull-through cache'],
  [
    'DELETE',
    'read-only',
    'set storage.delete.enabled in its configuration (REGISTRY_STORAGE_DELETE_ENABLED=true), and see that it is not read-only',
  ],
])('a 405 to %s was told as a registry that takes no changes', (method, kind, hint) => {
  expect(answerError('do it', method, 405, '')).toMatchObject({ kind, hint });
});

test('a long explanation is cut', () => {
  expect(errorOf({ errors: [{ code: 'X'.repeat(5000), message: 'y' }] }).message.length).toBeLessThan(500);
});

test.each([
  ['Go', 'Client sent an HTTP request to an HTTPS server.\n'],
  [
    'nginx',
    '<html><center><h1>400 Bad Request</h1></center><center>The plain HTTP request was sent to HTTPS port</center></html>',
  ],
  ['Apache', "Reason: You're speaking plain HTTP to an SSL-enabled server port."],
])('plain http to a port of TLS had no word of https: %s', (_, text) => {
  expect(answerError('do it', 'GET', 400, text)).toMatchObject({
    speaksTls: true,
    hint: 'write https:// before its name: it speaks TLS',
  });
});

test('a port of TLS that only closes was a cut connection', async () => {
  const certificate = await loopbackCertificate();
  const secure = await scriptedRegistry(() => ({ status: 200 }), certificate);
  const plain = openRegistry({ host: secure.host, tries: 1, trust: { scheme: 'http' } });
  await expect(plain.ping()).rejects.toMatchObject({ hint: 'write https:// before its name, if it speaks TLS' });
  const insecure = await openInsecure({ host: secure.host, tries: 1 });
  await insecure.ping();
  await Promise.all([plain.close(), insecure.close(), secure.close()]);
});
