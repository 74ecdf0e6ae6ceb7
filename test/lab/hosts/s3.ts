import { execa } from 'execa';
import { inCache } from '../machine/cache.js';
import { step } from '../machine/progress.js';
import { gatewayPackages, type S3, startGateway, stopGateway } from './gateway.js';
import { network } from './places.js';

const place = {
  folder: inCache('s3'),
  listen: `${network.gateway}:7480`,
  monitor: '127.0.4.1:6789',
  memory: 2 ** 31,
};

/** Starts Ceph's gateway over a store in memory, empty but for one bucket; the hosts reach it at the lab's gateway. */
export async function s3Up(bucket: string): Promise<S3> {
  await gatewayPackages();
  await s3Down();
  const s3: S3 = { bucket, ...(await step('start S3', () => startGateway(place))) };
  await request(s3, 'PUT', '');
  return s3;
}

/** Ends what s3Up started, by its records; what was stored goes with it. */
export async function s3Down(): Promise<void> {
  await stopGateway(place.folder);
}

/** Names of all objects below a prefix. */
export async function objectsOf(s3: S3, prefix = ''): Promise<string[]> {
  const listing = await request(s3, 'GET', `?list-type=2&max-keys=1000&prefix=${encodeURIComponent(prefix)}`);
  return [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
}

/** The SHA-256 of no bytes, which the gateway wants to see signed. */
const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

async function request(s3: S3, method: string, query: string): Promise<string> {
  const signed = ['--aws-sigv4', `aws:amz:${s3.region}:s3`, '-H', `x-amz-content-sha256: ${nothing}`];
  const account = ['-u', `${s3.accessKey}:${s3.secretKey}`];
  const args = ['-sSf', '-m', '20', '-X', method, ...signed, ...account, `${s3.endpoint}/${s3.bucket}${query}`];
  return (await execa('curl', args)).stdout;
}
