import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { isRecord } from '../../model/is-record.js';
import { s3Error } from './s3-errors.js';
import { checkBucketName, type S3Settings } from './s3-settings.js';

/** Client of one bucket. */
export interface S3Connection {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly bucket: string;
  readonly region: string;
  /** Address of the bucket, without a slash at its end. */
  readonly url: string;
  readonly traffic: { requests: number; byKind: Record<string, number>; bytes: number };
  /** Does requests; an error says what was attempted. @param action `store acme-app/x` */
  attempt<T>(action: string, work: () => Promise<T>): Promise<T>;
}

/** Attempts of each request, the first counted. Between them the SDK waits longer each time, 20 s at most. */
const attempts = 5;
const usualRegion = 'us-east-1';

/** Operations whose body has to have an MD5 for Ceph's gateway, of whichever version; AWS takes it as well. */
const withMd5 = /^(?:PutBucketLifecycleConfiguration|PutBucketCors|PutBucketPolicy|DeleteObjects)Command$/;

/** Log of the SDK, which would write on standard error; its errors are thrown besides. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Opens a bucket: the SDK is loaded, and settings and credentials are looked for. Nothing is requested yet. @throws RegistryError */
export async function connectS3(settings: S3Settings): Promise<S3Connection> {
  checkBucketName(settings.bucket);
  const sdk = await import('@aws-sdk/client-s3');
  const { bucket, endpoint, profile, ca, credentials } = settings;
  const shared = { ...(profile === undefined ? {} : { profile }), ...(endpoint === undefined ? {} : { endpoint }) };
  const region = settings.region ?? (await regionOf(sdk, shared));
  const client = makeClient(sdk, {
    ...shared,
    region,
    ...(credentials === undefined ? {} : { credentials }),
    logger: silent,
    maxAttempts: attempts,
    forcePathStyle: settings.pathStyle ?? (endpoint !== undefined || bucket.includes('.')),
    followRegionRedirects: endpoint === undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 20_000,
      // A socket on which nothing moves for so long.
      socketTimeout: 120_000,
      httpAgent: { keepAlive: true, maxSockets: 32 },
      httpsAgent: { keepAlive: true, maxSockets: 32, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) },
    },
  });
  const traffic = { requests: 0, byKind: {}, bytes: 0 };
  countTraffic(client, traffic);
  addMd5(client);
  const service = endpoint ?? `AWS, region ${region}`;
  const url = await urlOf(client, bucket, region);
  return {
    sdk,
    client,
    bucket,
    region,
    url,
    traffic,
    async attempt(action, work) {
      try {
        return await work();
      } catch (error) {
        throw s3Error(error, action, { bucket, service, options: settings.options });
      }
    },
  };
}

const warningSwitch = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** Makes a client without the SDK's word on standard error about the version of Node, which users can do nothing about. */
function makeClient(sdk: S3Connection['sdk'], options: S3ClientConfig): S3Client {
  const before = process.env[warningSwitch];
  process.env[warningSwitch] = 'true';
  try {
    return new sdk.S3Client(options);
  } finally {
    if (before === undefined) delete process.env[warningSwitch];
    else process.env[warningSwitch] = before;
  }
}

async function regionOf(sdk: S3Connection['sdk'], shared: { profile?: string }): Promise<string> {
  const asked = makeClient(sdk, shared);
  try {
    return await asked.config.region();
  } catch {
    return usualRegion;
  } finally {
    asked.destroy();
  }
}

/** Returns the address of a bucket: with an endpoint in its path, at AWS in the region's host. */
async function urlOf(client: S3Client, bucket: string, region: string): Promise<string> {
  const endpoint = await client.config.endpoint?.();
  if (endpoint === undefined) {
    const host = region === usualRegion ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`;
    return `https://${host}/${bucket}`;
  }
  const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
  return `${endpoint.protocol}//${endpoint.hostname}${port}${endpoint.path.replace(/\/$/, '')}/${bucket}`;
}

/** Counts requests where they are sent: those that are sent again too. */
function countTraffic(client: S3Client, traffic: S3Connection['traffic']): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      const kind = (context.commandName ?? '').replace(/Command$/, '');
      traffic.requests += 1;
      traffic.byKind[kind] = (traffic.byKind[kind] ?? 0) + 1;
      if (kind === 'PutObject' || kind === 'UploadPart')
        traffic.bytes += Number(headersOf(args.request)?.['content-length'] ?? 0);
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'countTraffic' },
  );
}

function addMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      const { request } = args;
      const headers = headersOf(request);
      const body = isRecord(request) ? request.body : undefined;
      if (withMd5.test(context.commandName ?? '') && headers !== undefined && typeof body === 'string')
        headers['content-md5'] = createHash('md5').update(body).digest('base64');
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'addMd5' },
  );
}

/** Returns the headers of a request in a middleware of the SDK, to be changed. */
export function headersOf(request: unknown): Record<string, unknown> | undefined {
  const headers = isRecord(request) ? request.headers : undefined;
  return isRecord(headers) ? (headers as Record<string, unknown>) : undefined;
}
