import { resolve } from 'node:path';
import { readAuthorities } from '../../registry/auth/authorities.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ObjectStore } from './object-store.js';
import type { BucketOptionNames } from './s3-errors.js';
import { checkBucketName, parseS3Address, type S3Settings } from './s3-settings.js';

/** Place of a store: a bucket, or a folder. */
export type StoreTarget =
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'folder'; readonly path: string };

/** Options of the way to a bucket, as they are given. */
export interface BucketFlags {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** File of authorities, PEM. */
  readonly ca?: string | undefined;
  /** Names of these options where they are others than those of `provision publish`. */
  readonly options?: BucketOptionNames | undefined;
}

/** Reads `s3://BUCKET[/PREFIX]`, or the path of a folder. @param hint words of what to give instead @throws RegistryError `input` */
export function readStoreTarget(text: string, hint: string): StoreTarget {
  const s3 = parseS3Address(text);
  if (s3 !== undefined) return { kind: 'bucket', ...s3 };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//.exec(text) ?? [];
  if (text !== '' && scheme === undefined) return { kind: 'folder', path: text };
  throw new RegistryError('input', `${JSON.stringify(text.slice(0, 300))} is neither s3://BUCKET nor a folder`, {
    hint,
  });
}

/** Returns the bucket of a name. @throws RegistryError `input` */
export function bucketTarget(bucket: string): StoreTarget {
  checkBucketName(bucket);
  return { kind: 'bucket', bucket, prefix: '' };
}

/** Refuses options that mean nothing for a folder. @param given values by the names of their options @throws RegistryError `input` */
export function refuseBucketOptions(given: Readonly<Record<string, unknown>>): void {
  const [option] = Object.keys(given).filter((name) => given[name] !== undefined && given[name] !== false);
  if (option === undefined) return;
  throw new RegistryError('input', `--${option} means nothing for a folder`, { hint: `leave out --${option}` });
}

/** Returns the settings of a bucket; undefined for a folder. @throws RegistryError `input` for a file of authorities that can't be read */
export function bucketSettings(
  target: StoreTarget,
  { endpoint, region, profile, ca, options }: BucketFlags,
  signal?: AbortSignal,
): S3Settings | undefined {
  if (target.kind === 'folder') return undefined;
  const { bucket, prefix } = target;
  return { bucket, prefix, endpoint, region, profile, ca: authoritiesIn(ca), options, signal };
}

/** Opens a store. @param settings those of its bucket @throws RegistryError */
export async function openStoreTarget(target: StoreTarget, settings: S3Settings | undefined): Promise<ObjectStore> {
  if (settings !== undefined) {
    const { s3Store } = await import('./s3-store.js');
    return s3Store(settings);
  }
  const { folderStore } = await import('./folder-store.js');
  return folderStore(target.kind === 'folder' ? resolve(target.path) : '');
}

/** Reads a file of authorities, PEM. @throws RegistryError `input` */
export function authoritiesIn(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readAuthorities([file])('');
}
