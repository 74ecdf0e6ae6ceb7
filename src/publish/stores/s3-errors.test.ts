import { expect, it } from 'vitest';
import { s3Error } from './s3-errors.js';

const place = { bucket: 'acme', service: 'https://s3.example.com' };
const answer = (name: string, httpStatusCode: number, more = {}) =>
  Object.assign(new Error('told'), { name, $metadata: { httpStatusCode }, ...more });

it.each([
  [
    answer('InvalidAccessKeyId', 403),
    'unauthorized',
    'could not store x: https://s3.example.com does not know this access key',
  ],
  [answer('SignatureDoesNotMatch', 403), 'unauthorized', 'the secret key does not belong to the access key'],
  [answer('RequestTimeTooSkewed', 403), 'unauthorized', 'refuses the time of this machine: 2'],
  [answer('ExpiredToken', 400), 'unauthorized', 'temporary credentials'],
  [
    answer('CredentialsProviderError', 0, { $metadata: {} }),
    'unauthorized',
    'there are no credentials for https://s3.example.com: told',
  ],
  [answer('NoSuchBucket', 404), 'not-found', 'there is no bucket acme at https://s3.example.com'],
  [answer('InvalidBucketName', 400), 'input', 'does not take acme as the name of a bucket'],
  [answer('PermanentRedirect', 301), 'input', 'is in another region'],
  [answer('Unknown', 301), 'input', 'is in another region'],
  [
    answer('AuthorizationHeaderMalformed', 400, { message: "the region 'us-east-1' is wrong; expecting 'eu-west-1'" }),
    'input',
    'the bucket acme is in the region eu-west-1, not where',
  ],
  [answer('AccessControlListNotSupported', 400), 'unsupported', 'the bucket acme takes no ACLs'],
  [answer('AccessDenied', 403), 'denied', 'does not allow it in acme'],
  [answer('Forbidden', 403), 'denied', 'does not allow it in acme'],
  [answer('XAmzContentSHA256Mismatch', 400), 'corrupt', 'other bytes than were sent'],
  [answer('SlowDown', 503), 'rate-limited', 'has too much to do'],
  [answer('InternalError', 500), 'server', 'answered 500 InternalError: told'],
  [answer('MalformedXML', 400), 'protocol', 'answered 400 MalformedXML: told'],
  [
    Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
    'unreachable',
    'https://s3.example.com is not reached: ECONNREFUSED',
  ],
  [Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), 'tls', 'a certificate that is not trusted: x'],
  [Object.assign(new Error('x'), { name: 'AbortError' }), 'interrupted', 'could not store x: interrupted'],
])('%s is %s', (error, kind, words) => {
  const made = s3Error(error, 'store x', place);
  expect([made.kind, made.message]).toEqual([kind, expect.stringContaining(words)]);
  if (kind !== 'interrupted') expect(made.hint).toMatch(/^[a-z]+ /);
});

it.each([
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'check the endpoint (--s3-endpoint) and the network'],
  [answer('Unknown', 404), 'check the bucket, and the endpoint (--s3-endpoint)'],
  [answer('MalformedXML', 400), 'check the endpoint (--s3-endpoint)'],
  [answer('NoSuchBucket', 404), 'correct its name, or make it by setup'],
])('the hint of %s has the name of the option that the command has', (error, hint) => {
  const options = {
    endpoint: '--s3-endpoint',
    region: '--region',
    profile: '--profile',
    ca: '--ca',
    create: 'make it by setup',
    policy: 'x',
  };
  expect(s3Error(error, 'store x', { ...place, options }).hint).toBe(hint);
});
