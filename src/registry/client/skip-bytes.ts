import { pipeline, type Readable, Transform } from 'node:stream';

/** Returns a stream without its first bytes. */
export function skipBytes(body: Readable, bytes: number): Readable {
  if (bytes === 0) return body;
  let left = bytes;
  const rest = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const dropped = Math.min(left, chunk.length);
      left -= dropped;
      done(null, chunk.subarray(dropped));
    },
  });
  // Also where the body has broken off already: its reader gets the error from the rest.
  return pipeline(body, rest, () => {});
}
