import { RegistryError } from '../../registry/registry-error.js';

/** Bytes of the longest key of an object in S3. */
const longestKey = 1024;

/**
 * Refuses a key that would name something else in a folder, or that S3 does not take: with an empty part, `.` or `..`, a control
 * character, a backslash, more than 1024 bytes. One slash at the end is allowed.
 * @throws RegistryError `input`
 */
export function checkKey(key: string): void {
  const wrong = wrongIn(key);
  if (wrong === undefined) return;
  throw new RegistryError('input', `${JSON.stringify(key.slice(0, 300))} can't be the key of an object: ${wrong}`, {
    hint: 'choose another name',
  });
}

function wrongIn(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (Buffer.byteLength(key) > longestKey) return `it has more than ${longestKey} bytes`;
  if (hasControl(key)) return 'it has a control character';
  if (key.includes('\\')) return 'it has a backslash';
  if (/\p{Surrogate}/u.test(key)) return 'it is no text';
  const parts = key.replace(/\/$/, '').split('/');
  if (parts.includes('')) return 'it has an empty part';
  return parts.some((part) => part === '.' || part === '..') ? 'it leaves its folder' : undefined;
}

function hasControl(text: string): boolean {
  return [...text].some((sign) => sign < ' ' || sign === '\x7f');
}

/** Compares two keys as a store lists them: by their bytes. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
