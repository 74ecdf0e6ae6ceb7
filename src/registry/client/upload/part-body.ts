import { type Readable, Transform } from 'node:stream';
import { RegistryError } from '../../registry-error.js';
import type { Bandwidth } from '../bandwidth.js';
import { type TransferLimits, watchRate } from '../verified-body.js';

interface PartBodyOptions {
  /** Bytes of the part. */
  readonly length: number;
  readonly attempt: string;
  readonly limits: TransferLimits;
  /** Receives the number of bytes of each piece that is sent. */
  readonly countSent: (bytes: number) => void;
  readonly bandwidth: Bandwidth | undefined;
}

/**
 * Returns the first bytes of a stream, as many as belong in a request. The stream fails with `corrupt` where the source
 * has fewer, and with `stalled` where it is too slow.
 */
export function partBody(
  content: Readable | Uint8Array,
  { length, attempt, limits, countSent, bandwidth }: PartBodyOptions,
): Readable | Uint8Array {
  if (content instanceof Uint8Array) {
    countSent(content.length);
    return content;
  }
  let left = length;
  const part = new Transform({
    highWaterMark: 64 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      const piece = chunk.subarray(0, left);
      left -= piece.length;
      watch.moved(piece.length);
      countSent(piece.length);
      this.push(piece);
      if (left === 0 && piece.length < chunk.length) {
        this.push(null);
        content.destroy();
      }
      if (bandwidth === undefined) return done();
      watch.pause();
      void bandwidth.take(piece.length).then(() => {
        watch.resume();
        done();
      });
    },
    flush(done) {
      done(
        left > 0 ? new RegistryError('corrupt', `could not ${attempt}: the source ended ${left} bytes early`) : null,
      );
    },
  });
  const watch = watchRate(part, attempt, limits);
  part.once('close', () => {
    watch.end();
    content.destroy();
  });
  content.once('error', (error) => part.destroy(error));
  return content.pipe(part);
}
