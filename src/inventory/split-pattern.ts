import { isIP } from 'node:net';

/**
 * Splits a pattern: by commas if it has any, else by the colons and blanks that stand outside brackets; an IPv6 address
 * is one part. A bracket that is alone stays where it is: without it `~[` would mean all hosts.
 */
export function splitPattern(pattern: string): string[] {
  const parts = pattern.includes(',') ? pattern.split(',') : isAddress(pattern) ? [pattern] : byColons(pattern);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function byColons(pattern: string): string[] {
  return [...pattern.matchAll(/(?:[^\s:[\]]|\[[^[\]]*\]|[[\]])+/g)].map(([part]) => part);
}

function isAddress(pattern: string): boolean {
  return isIP(pattern.trim()) === 6;
}
