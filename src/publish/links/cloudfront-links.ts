import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { RegistryError } from '../../registry/registry-error.js';
import { type LinkSigner, withQuery } from './link-signer.js';

/*
 * AWS's own signer (@aws-sdk/cloudfront-signer 3.1166) writes `sha256:` in a path as `sha256%3A`, which is another object
 * to a cache and to a policy, so the few lines are here.
 */

/** Options of addresses that CloudFront verifies (its developer guide, "Use signed URLs"). */
export interface CloudFrontLinkOptions {
  /** Id of the public key: `K2JCJMDEHXQW5F`. */
  readonly keyPairId: string;
  /** Private key, PEM: RSA, or ECDSA with P-256. */
  readonly privateKey: string;
  /** Default sha1, which CloudFront assumes. */
  readonly hash?: 'sha1' | 'sha256' | undefined;
  /** Default: a canned policy, which says no more than the end. */
  readonly policy?: CloudFrontPolicy | undefined;
}

/** Custom policy: who may read what, and when. */
export interface CloudFrontPolicy {
  /** Addresses that it opens, with `*` and `?`. Default: the address itself. */
  readonly resource?: string | undefined;
  /** Seconds before its end from which it is good. Default: it is good at once. */
  readonly window?: number | undefined;
  /** Network of the clients: `192.0.2.0/24`. Default: any. */
  readonly network?: string | undefined;
}

/** Makes a signer of addresses of CloudFront. @throws RegistryError `input` for a key that it does not take */
export function cloudFrontLinks(options: CloudFrontLinkOptions): LinkSigner {
  const { keyPairId, hash = 'sha1', policy } = options;
  const key = privateKeyOf(options.privateKey);
  const end = `&Key-Pair-Id=${encodeURIComponent(keyPairId)}${hash === 'sha256' ? '&Hash-Algorithm=SHA256' : ''}`;
  const signature = (text: string) => safeBase64(sign(hash, Buffer.from(text), key));
  return {
    sign: (url, until) => {
      if (policy === undefined) {
        const canned = policyText(url, { until });
        return withQuery(url, `Expires=${until}&Signature=${signature(canned)}${end}`);
      }
      const { resource = url, window, network } = policy;
      const from = window === undefined ? undefined : until - window;
      const custom = policyText(resource, { until, from, network });
      return withQuery(url, `Policy=${safeBase64(Buffer.from(custom))}&Signature=${signature(custom)}${end}`);
    },
  };
}

interface PolicyConditions {
  readonly until: number;
  readonly from?: number | undefined;
  readonly network?: string | undefined;
}

/** Writes a policy. Of a canned one CloudFront writes the same text itself, without a blank, to compare. */
function policyText(resource: string, { until, from, network }: PolicyConditions): string {
  const condition = {
    DateLessThan: { 'AWS:EpochTime': until },
    ...(from === undefined ? {} : { DateGreaterThan: { 'AWS:EpochTime': from } }),
    ...(network === undefined ? {} : { IpAddress: { 'AWS:SourceIp': network } }),
  };
  return JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] });
}

/** Base64 with signs that mean nothing in a query. */
function safeBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
}

/** Returns why CloudFront does not take a private key; undefined: it does. */
export function cloudFrontKeyError(
  pem: string,
): { readonly message: string; readonly hint?: string | undefined } | undefined {
  try {
    privateKeyOf(pem);
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}

function privateKeyOf(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new RegistryError('input', `the private key for CloudFront cannot be read: ${(error as Error).message}`, {
      hint: 'give the PEM file of the key pair, without a passphrase',
      cause: error,
    });
  }
  const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (key.asymmetricKeyType === 'rsa' || isP256) return key;
  throw new RegistryError('input', `the private key for CloudFront is of a kind that it does not take`, {
    hint: 'make an RSA key of 2048 bits, or an ECDSA key of P-256',
  });
}
