import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../model/is-record.js';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { RegistryError } from '../../registry/registry-error.js';
import { connectS3, type S3Connection } from './s3-connection.js';
import { s3StatusOf } from './s3-errors.js';
import type { S3Settings } from './s3-settings.js';

/** State that a bucket is to have. What isn't given stays as it is. */
export interface BucketState {
  /** true: it is made where it isn't there, private. */
  readonly create?: boolean;
  /** Beginnings of keys that everybody may read; empty text: all of them. */
  readonly publicPrefixes?: readonly string[];
  /** Origins of pages whose scripts may read: `https://example.com`, `*`. */
  readonly corsOrigins?: readonly string[];
  /** Days after which unfinished uploads are aborted by the service. */
  readonly abortUploadsAfter?: number;
}

/** Difference of a bucket from what it is to be. */
export interface BucketChange {
  readonly what: 'bucket' | 'policy' | 'cors' | 'lifecycle';
  /** For people: `allow everybody to read acme.bucket/acme-app/*`. */
  readonly text: string;
  apply(): Promise<void>;
}

/** Plan of changes of a bucket, which applies none by being made. */
export interface BucketPlan {
  readonly changes: readonly BucketChange[];
  close(): void;
}

/** Id of the rules of ours, among those of others. */
const ruleId = 'provision';
const notThere = /^(?:NoSuchBucketPolicy|NoSuchCORSConfiguration|NoSuchLifecycleConfiguration)$/;

/** Compares a bucket with what it is to be. @throws RegistryError where it can't be asked, or is missing and not to be made */
export async function planBucket(settings: S3Settings, state: BucketState): Promise<BucketPlan> {
  const connection = await connectS3(settings);
  const isMissing = state.create === true && !(await bucketIsThere(connection));
  const changes = [
    ...(isMissing ? [bucketChange(connection, settings)] : []),
    ...(await policyChange(connection, state, isMissing)),
    ...(await corsChange(connection, state, isMissing)),
    ...(await lifecycleChange(connection, state, isMissing)),
  ];
  return { changes, close: () => connection.client.destroy() };
}

async function bucketIsThere({ attempt, client, sdk, bucket }: S3Connection): Promise<boolean> {
  return attempt(`look for the bucket ${bucket}`, async () => {
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }));
      return true;
    } catch (error) {
      if (s3StatusOf(error) === 404) return false;
      throw error;
    }
  });
}

function bucketChange({ attempt, client, sdk, bucket, region }: S3Connection, { endpoint }: S3Settings): BucketChange {
  const place = endpoint === undefined && region !== 'us-east-1' ? region : undefined;
  const where = sdk.BucketLocationConstraint;
  const constraint = Object.values(where).find((each) => each === place);
  return {
    what: 'bucket',
    text: `create the bucket ${bucket}`,
    async apply() {
      await attempt(`create the bucket ${bucket}`, async () => {
        const configuration =
          constraint === undefined ? {} : { CreateBucketConfiguration: { LocationConstraint: constraint } };
        try {
          await client.send(new sdk.CreateBucketCommand({ Bucket: bucket, ...configuration }));
        } catch (error) {
          if (!(error instanceof Error && error.name === 'BucketAlreadyOwnedByYou')) throw error;
        }
      });
    },
  };
}

async function policyChange(
  { attempt, client, sdk, bucket }: S3Connection,
  { publicPrefixes = [] }: BucketState,
  isMissing: boolean,
): Promise<BucketChange[]> {
  if (publicPrefixes.length === 0) return [];
  const text = isMissing
    ? undefined
    : await attempt(`read the policy of ${bucket}`, () =>
        orUndefined(async () => (await client.send(new sdk.GetBucketPolicyCommand({ Bucket: bucket }))).Policy),
      );
  const policy = readPolicy(bucket, text);
  const others = policy.Statement.filter((each) => !isOwnStatement(each));
  const known = policy.Statement.filter(isOwnStatement);
  const wanted = publicPrefixes.map((prefix) => publicStatement(bucket, prefix));
  const added = wanted.filter((each) => !known.some((old) => old.Sid === each.Sid && sameStatement(old, each)));
  if (added.length === 0) return [];
  const kept = known.filter((old) => !wanted.some(({ Sid }) => Sid === old.Sid));
  const document = { ...policy, Statement: [...others, ...kept, ...wanted] };
  return [
    {
      what: 'policy',
      text: `allow everybody to read ${publicPrefixes.map((prefix) => `${bucket}/${prefix}*`).join(', ')}`,
      apply: () =>
        attempt(`write the policy of ${bucket}`, async () => {
          await client.send(new sdk.PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(document) }));
        }),
    },
  ];
}

interface Policy {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

function readPolicy(bucket: string, text: string | undefined): Policy {
  const nothing = { Version: '2012-10-17', Statement: [] };
  if (text === undefined || text === '') return nothing;
  const policy = tryBoundedJson(text);
  const statements = isRecord(policy) ? [policy.Statement].flat() : [];
  if (!isRecord(policy) || !statements.every(isRecord))
    throw new RegistryError('protocol', `the policy of ${bucket} can't be read, and so is not changed`, {
      hint: 'allow reading in it by hand',
    });
  return { ...policy, Version: String(policy.Version ?? nothing.Version), Statement: statements };
}

/** A Sid has letters and digits only (IAM, "JSON policy elements: Sid"). */
function publicStatement(bucket: string, prefix: string) {
  return {
    Sid: `${ruleId}PublicRead${Buffer.from(prefix).toString('hex')}`,
    Effect: 'Allow',
    Principal: { AWS: ['*'] },
    Action: ['s3:GetObject'],
    Resource: [`arn:aws:s3:::${bucket}/${prefix}*`],
  };
}

function isOwnStatement({ Sid }: Readonly<Record<string, unknown>>): boolean {
  return typeof Sid === 'string' && Sid.startsWith(`${ruleId}PublicRead`);
}

/** Compares statements: a service may write a list of one as the one, and everybody as `*`. */
function sameStatement(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const plain = ({ Effect, Principal, Action, Resource }: Readonly<Record<string, unknown>>) => [
    Effect,
    [isRecord(Principal) ? Principal.AWS : Principal].flat(),
    [Action].flat(),
    [Resource].flat(),
  ];
  return isDeepStrictEqual(plain(a), plain(b));
}

async function corsChange(
  { attempt, client, sdk, bucket }: S3Connection,
  { corsOrigins = [] }: BucketState,
  isMissing: boolean,
): Promise<BucketChange[]> {
  if (corsOrigins.length === 0) return [];
  const rules = isMissing
    ? []
    : await attempt(`read the CORS rules of ${bucket}`, () =>
        orUndefined(async () => (await client.send(new sdk.GetBucketCorsCommand({ Bucket: bucket }))).CORSRules),
      );
  const own = (rules ?? []).find(({ ID }) => ID === ruleId);
  const wanted = {
    ID: ruleId,
    AllowedOrigins: [...corsOrigins],
    AllowedMethods: ['GET', 'HEAD'],
    AllowedHeaders: ['*'],
    ExposeHeaders: ['ETag', 'Content-Length', 'Content-Range'],
    MaxAgeSeconds: 3600,
  };
  const isSame =
    own !== undefined &&
    isDeepStrictEqual(new Set(own.AllowedOrigins), new Set(wanted.AllowedOrigins)) &&
    isDeepStrictEqual(new Set(own.AllowedMethods), new Set(wanted.AllowedMethods));
  if (isSame) return [];
  const all = [...(rules ?? []).filter(({ ID }) => ID !== ruleId), wanted];
  return [
    {
      what: 'cors',
      text: `let pages of ${corsOrigins.join(', ')} read ${bucket}`,
      apply: () =>
        attempt(`write the CORS rules of ${bucket}`, async () => {
          await client.send(new sdk.PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: all } }));
        }),
    },
  ];
}

async function lifecycleChange(
  { attempt, client, sdk, bucket }: S3Connection,
  { abortUploadsAfter: days }: BucketState,
  isMissing: boolean,
): Promise<BucketChange[]> {
  if (days === undefined) return [];
  const rules = isMissing
    ? []
    : await attempt(`read the lifecycle of ${bucket}`, () =>
        orUndefined(
          async () => (await client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))).Rules,
        ),
      );
  const own = (rules ?? []).find(({ ID }) => ID === ruleId);
  if (own?.Status === 'Enabled' && own.AbortIncompleteMultipartUpload?.DaysAfterInitiation === days) return [];
  const wanted = {
    ID: ruleId,
    Status: 'Enabled' as const,
    Filter: { Prefix: '' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: days },
  };
  const all = [...(rules ?? []).filter(({ ID }) => ID !== ruleId), wanted];
  return [
    {
      what: 'lifecycle',
      text: `abort unfinished uploads to ${bucket} after ${days} days`,
      apply: () =>
        attempt(`write the lifecycle of ${bucket}`, async () => {
          const configuration = { Bucket: bucket, LifecycleConfiguration: { Rules: all } };
          await client.send(new sdk.PutBucketLifecycleConfigurationCommand(configuration));
        }),
    },
  ];
}

async function orUndefined<T>(reading: () => Promise<T>): Promise<T | undefined> {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof Error && notThere.test(error.name)) return undefined;
    throw error;
  }
}
