import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { algorithmOf, finishDigest, hashFor } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import type { BlobName } from '../source.js';
import { backOff } from './wire/retry-delay.js';

/** Limits of a transfer's speed. */
export interface TransferLimits {
  /** Bytes a second that a transfer must make, taken over `stallSeconds`; default 1024. */
  readonly minimumRate: number;
  readonly stallSeconds: number;
}

export const defaultLimits: TransferLimits = { minimumRate: 1024, stallSeconds: 30 };

interface VerifiedBodyOptions {
  /** `download blob sha256:… of team/web from registry:5000` */
  readonly attempt: string;
  readonly limits: TransferLimits;
  /** Called for each chunk; it is given on when this has ended. */
  readonly received?: (bytes: number) => Promise<void> | void;
}

/** Attempts in a row that bring next to nothing before a download is given up. */
const fruitless = 5;
/** Bytes that make an attempt worth another: a server that cuts after each byte would be asked without end. */
const worthwhile = 64 << 10;

/**
 * Reads a blob by a function that opens it at a byte. When the connection is cut or stalls, it is opened again where it
 * was. The stream fails with `corrupt` where the bytes have another digest or size.
 */
export function verifiedBody(
  open: (from: number) => Promise<Readable>,
  blob: BlobName,
  options: VerifiedBodyOptions,
): Readable {
  return Readable.from(readVerified(open, blob, options), { objectMode: false, highWaterMark: 64 * 1024 });
}

async function* readVerified(
  open: (from: number) => Promise<Readable>,
  { digest, size }: BlobName,
  options: VerifiedBodyOptions,
) {
  const { attempt, limits, received = () => {} } = options;
  const hash = hashFor(digest);
  let at = 0;
  let failures = 0;
  while (at < size || size < 0 || at === 0) {
    const before = at;
    let lost: unknown;
    try {
      const body = await open(at).catch((error: unknown) => {
        throw finalError(error, attempt); // Opening it was tried again and again already.
      });
      const watch = watchRate(body, attempt, limits);
      try {
        for await (const chunk of body) {
          if (!Buffer.isBuffer(chunk)) throw new Error('a body of bytes was expected');
          watch.moved(chunk.length);
          at += chunk.length;
          if (size >= 0 && at > size) throw corruptError(attempt, `more than its ${size} bytes came`);
          hash.update(chunk);
          watch.pause();
          await received(chunk.length);
          yield chunk;
          watch.resume();
        }
      } finally {
        watch.end();
        body.destroy();
      }
      if (size < 0 || at === size) break;
      lost = new RegistryError('unreachable', `could not ${attempt}: it ended after ${at} of ${size} bytes`);
    } catch (error) {
      if (error instanceof RegistryError && (error.final || (error.kind !== 'stalled' && error.kind !== 'unreachable')))
        throw error;
      lost = error;
    }
    failures = at - before >= worthwhile ? 1 : failures + 1;
    if (failures >= fruitless || size < 0) throw finalError(lost, attempt);
    await sleep(backOff(failures));
  }
  const got = finishDigest(hash, algorithmOf(digest));
  if (got !== digest) throw corruptError(attempt, `its bytes have the digest ${got}`);
}

function corruptError(attempt: string, why: string): RegistryError {
  return new RegistryError('corrupt', `could not ${attempt}: ${why}`, {
    hint: 'check the store of the source, and proxies before it: other bytes were sent than requested',
  });
}

function finalError(error: unknown, attempt: string): RegistryError {
  if (!(error instanceof RegistryError)) {
    return new RegistryError('unreachable', `could not ${attempt}: ${(error as Error).message}`, {
      cause: error,
      final: true,
    });
  }
  const { kind, message, status, codes, hint, cause } = error;
  return new RegistryError(kind, message, { status, codes, hint, cause, final: true });
}

/** Ends a stream that moves too few bytes a second; time in which nobody reads doesn't count. */
export function watchRate(stream: { destroy(error: Error): void }, attempt: string, limits: TransferLimits) {
  const least = limits.minimumRate * limits.stallSeconds;
  let moved = 0;
  let slack = 0;
  let heldSince: number | undefined;
  let since = Date.now();
  const period = limits.stallSeconds * 1000;
  const timer = setInterval(
    () => {
      const held = slack + (heldSince === undefined ? 0 : Date.now() - heldSince);
      if (held < period / 2 && Date.now() - since >= period && moved < least) {
        const rate = Math.round((moved / (Date.now() - since)) * 1000);
        stream.destroy(new RegistryError('stalled', `could not ${attempt}: it stalled (${rate} bytes a second)`));
      }
      if (Date.now() - since >= period) {
        since = Date.now();
        moved = 0;
        slack = 0;
        if (heldSince !== undefined) heldSince = since;
      }
    },
    Math.min(period, 1000),
  );
  return {
    moved(bytes: number) {
      moved += bytes;
    },
    pause() {
      heldSince = Date.now();
    },
    resume() {
      if (heldSince !== undefined) slack += Date.now() - heldSince;
      heldSince = undefined;
    },
    end() {
      clearInterval(timer);
    },
  };
}
