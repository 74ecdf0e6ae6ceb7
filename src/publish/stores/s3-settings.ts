import { RegistryError } from '../../registry/registry-error.js';
import type { BucketOptionNames } from './s3-errors.js';

/** Seconds for which a signed address is good at most (AWS, "Signature Version 4": X-Amz-Expires). */
export const longestSigned = 604_800;

/** Bucket and the way to it. What isn't given is taken from where AWS' tools keep it. */
export interface S3Settings {
  readonly bucket: string;
  /** Part of all keys, without a slash at its ends; empty: none. */
  readonly prefix?: string;
  /** Address of a service that is not AWS': `https://s3.example.com`. Default: AWS_ENDPOINT_URL, else AWS. */
  readonly endpoint?: string | undefined;
  /** Default: that of the environment or the profile; else us-east-1. */
  readonly region?: string | undefined;
  /** Name in `~/.aws/credentials` and `~/.aws/config`. */
  readonly profile?: string | undefined;
  /** Default: those of the profile or the environment, as AWS' tools find them. */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  /** true: the bucket is part of the path, not of the host. Default: true with an endpoint. */
  readonly pathStyle?: boolean | undefined;
  /** Authorities to trust besides, PEM. */
  readonly ca?: string | undefined;
  /** SHA-256 of each part, which AWS and newer gateways keep and compare. Default: the signed SHA-256 of the body alone. */
  readonly checksums?: boolean | undefined;
  /** Names of the options that hints of errors have. Default: those of `provision publish`. */
  readonly options?: BucketOptionNames | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads `s3://BUCKET[/PREFIX]`; undefined where a text is none. @throws RegistryError `input` for a bucket that can't be */
export function parseS3Address(text: string): { readonly bucket: string; readonly prefix: string } | undefined {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) return undefined;
  checkBucketName(bucket);
  return { bucket, prefix: prefix.replace(/\/+$/, '') };
}

/**
 * Refuses a name that no bucket can have (S3 user guide, "General purpose bucket naming rules"). Capital letters and
 * underscores are taken, as older buckets have them.
 * @throws RegistryError `input`
 */
export function checkBucketName(bucket: string): void {
  const isShaped = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket);
  if (isShaped && !bucket.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) return;
  throw new RegistryError('input', `${JSON.stringify(bucket.slice(0, 300))} can't be the name of a bucket`, {
    hint: 'use 3 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends',
  });
}
