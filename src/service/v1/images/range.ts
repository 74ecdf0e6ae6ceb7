/**
 * Reads the one range of bytes that a client asks for (RFC 9110, 14.2). Several, and what is none, mean the whole.
 * @returns first and last byte; `outside`: there are no such bytes; undefined: the whole
 */
export function rangeIn(header: string | undefined, size: number): readonly [number, number] | 'outside' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return Number(last) === 0 || size === 0 ? 'outside' : [Math.max(0, size - Number(last)), size - 1];
  const [from, to] = [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'outside' : [from, to];
}
