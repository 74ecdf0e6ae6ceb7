import { sh } from '../../../sh.js';
import { algorithmOf, type Digest, hexOf } from '../../digest.js';
import { type GcHost, type GcRuntime, printedBy } from './runtime.js';

/** What files there are of those that were asked for. */
export interface Size {
  readonly files: number;
  readonly bytes: number;
}

/** Paths of one script: an argument of a program has 128 KiB at most. */
const batch = 400;

/** Bytes that blobs take up on a file system, and how many of them there are; nothing where that can't be known. */
export async function sizeOf(host: GcHost, runtime: GcRuntime, blobs: ReadonlySet<Digest>): Promise<Size | undefined> {
  const { root } = runtime;
  if (root === undefined) return undefined;
  const paths = [...blobs].map((digest) => {
    const hex = hexOf(digest);
    return `${root}/docker/registry/v2/blobs/${algorithmOf(digest)}/${hex.slice(0, 2)}/${hex}/data`;
  });
  const sizes: number[] = [];
  for (let at = 0; at < paths.length; at += batch) {
    const script = sh`stat -c %s ${paths.slice(at, at + batch)} 2> /dev/null || :`; // Those that are gone are left out.
    const printed = await printedBy(host, runtime.inside(script), 'measure what goes');
    sizes.push(...printed.split('\n').flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : [])));
  }
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
