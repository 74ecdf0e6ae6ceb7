import { statSync } from 'node:fs';
import type { CraneOptions } from '../../publish/crane/serve-crane.js';
import type { BucketOptionNames } from '../../publish/stores/s3-errors.js';
import { longestSigned } from '../../publish/stores/s3-settings.js';
import type { ServedStore } from '../../publish/stores/served-store.js';
import {
  bucketSettings,
  openStoreTarget,
  readStoreTarget,
  refuseBucketOptions,
  type StoreTarget,
} from '../../publish/stores/store-target.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ServeCraneRequest } from './serve-request.js';

/** Store of `provision publish serve`, as its options name it. */
export interface StoreRequest {
  readonly target: StoreTarget;
  /** Address of its objects in redirect files. Default: that of the bucket at its service. */
  readonly url: string | undefined;
  /** Seconds for which a presigned address is good at least. Default: nothing is presigned. */
  readonly presign: number | undefined;
}

/** Store that is open, as options of Crane. */
export interface OpenedStore {
  readonly options: Pick<CraneOptions, 'store' | 'links'>;
  close(): Promise<void>;
}

/** Names of the options of `provision publish serve`: `--endpoint` is Crane's own there. */
const serveOptionNames: BucketOptionNames = {
  endpoint: '--s3-endpoint',
  region: '--region',
  profile: '--profile',
  ca: '--ca',
  create: 'create it with provision publish --create',
  policy: 'publish with --public-policy',
};

/** Reads the options of a store; undefined: none is named. @throws RegistryError `input` for options that don't go together */
export function readServedStore(request: ServeCraneRequest): StoreRequest | undefined {
  const { store, storeUrl, presign, contentV1, contentV2 } = request;
  const { s3Endpoint, region, profile, ca } = request;
  const way = { 's3-endpoint': s3Endpoint, region, profile, ca };
  if (store === undefined) {
    requireStore({ 'store-url': storeUrl, presign, ...way });
    return undefined;
  }
  const content = contentV1 !== undefined ? 'content-v1' : contentV2 !== undefined ? 'content-v2' : undefined;
  if (content !== undefined)
    throw new RegistryError('input', `--store cannot be used with --${content}: content is in one place`, {
      hint: `leave out --store or --${content}`,
    });
  const target = readStoreTarget(store, 'give --store s3://BUCKET/PREFIX, or the path of a folder');
  if (target.kind === 'folder') {
    if (presign !== undefined)
      throw new RegistryError('input', '--presign is for a bucket: a folder signs no addresses', {
        hint: 'leave out --presign, or give --store s3://BUCKET',
      });
    refuseBucketOptions(way);
    if (storeUrl === undefined)
      throw new RegistryError('input', `--store ${target.path} needs the address at which clients have the folder`, {
        hint: 'give it with --store-url https://images.example.com',
      });
    if (statSync(target.path, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new RegistryError('input', `${target.path} is no folder`, { hint: 'make it, or name another' });
  }
  if (presign !== undefined && presign > longestSigned)
    throw new RegistryError('input', `--presign ${presign}: S3 lets an address be good for ${longestSigned} seconds`, {
      hint: `give ${longestSigned} seconds, which are 7 days, or less`,
    });
  return { target, url: storeUrl, presign };
}

function requireStore(given: Readonly<Record<string, unknown>>): void {
  const option = Object.keys(given).find((name) => given[name] !== undefined);
  if (option === undefined) return;
  throw new RegistryError('input', `--${option} is given without --store`, {
    hint: 'name the store: --store s3://BUCKET/PREFIX',
  });
}

/** Opens the store. Credentials are looked for; nothing is requested yet. @throws RegistryError */
export async function openServedStore(
  { target, url: givenUrl, presign: seconds }: StoreRequest,
  { s3Endpoint: endpoint, region, profile, ca }: ServeCraneRequest,
): Promise<OpenedStore> {
  const store = await openStoreTarget(
    target,
    bucketSettings(target, { endpoint, region, profile, ca, options: serveOptionNames }),
  );
  try {
    // Without credentials no request could be answered.
    await store.presign?.('v2/', new Date());
    const served: ServedStore = { store, url: givenUrl ?? store.url ?? '' };
    const { storeContent } = await import('../../publish/crane/store-content.js');
    const { storeLinks } = await import('../../publish/stores/store-links.js');
    const links = seconds === undefined ? undefined : { signer: storeLinks(served), seconds };
    return {
      options: { store: storeContent(served), ...(links === undefined ? {} : { links: { v1: links, v2: links } }) },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
