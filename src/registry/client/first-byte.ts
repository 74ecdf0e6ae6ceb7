import type { Readable } from 'node:stream';

/** Milliseconds to wait for the first byte. */
const longestByte = 60_000;

/** Tells whether a body has a byte. One that is cut off before it, in whichever way, has none. */
export async function hasFirstByte(body: Readable): Promise<boolean> {
  const timer = setTimeout(() => body.destroy(), longestByte);
  try {
    // A body that broke off before anybody read it ends here as well, although its events are over.
    for await (const _ of body) return true;
    return false;
  } catch {
    return false; // However it was cut off, no byte came.
  } finally {
    clearTimeout(timer);
  }
}
