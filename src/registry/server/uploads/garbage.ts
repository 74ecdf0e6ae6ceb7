import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of bodies after which their garbage is collected. */
const often = 8 << 20;

let collect: ((options: { readonly type: 'minor' }) => void) | undefined;
let since = 0;

/**
 * From here on the garbage of uploads is collected as it grows. Each piece of a body that Node hands out is a new buffer,
 * and V8 lets some 30 MB of them lie before it looks; that they are dead by then makes collecting them cheap (measured:
 * 20 MB less at the peak, no more time). It sets a flag of the whole process, so that is for a program of its own to do.
 */
export function collectGarbageOften(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') collect = (options) => gc(options);
}

/** A body brought so many bytes, and they were passed on. */
export function recordBytes(bytes: number): void {
  since += bytes;
  if (since < often) return;
  since = 0;
  collect?.({ type: 'minor' });
}
