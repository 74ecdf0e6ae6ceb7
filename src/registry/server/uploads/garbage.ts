import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of bodies after which their garbage is collected. */
const often = 8 << 20;

let collect: ((options: { readonly type: 'minor' }) => void) | undefined;
let since = 0;

/**
 * Collects the garbage of uploads often from now on. Each piece of a body is a new buffer, and V8 lets some 30 MB of
 * them lie. They are dead by then, so that collecting is cheap (measured: 20 MB less at the peak, no more time). This
 * sets a flag of the whole process: it is for a program of its own.
 */
export function collectGarbageOften(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') collect = (options) => gc(options);
}

/** Records so many bytes of a body, which were written out. */
export function recordBytes(bytes: number): void {
  since += bytes;
  if (since < often) return;
  since = 0;
  collect?.({ type: 'minor' });
}
