import { randomBytes } from 'node:crypto';

const hour = 3_600_000;
export const day = 24 * hour;

/** Returns the time from which a certificate is valid: a day ago, for hosts whose clocks are behind. */
export function validFrom(now: Date): Date {
  return new Date(now.getTime() - 24 * hour);
}

export function addYears(now: Date, count: number): Date {
  const then = new Date(now);
  then.setUTCFullYear(then.getUTCFullYear() + count);
  return then;
}

/** Returns the time at which a certificate of so many days ends: not after its authority. */
export function validUntil(now: Date, days: number, authorityEnds: Date): Date {
  return new Date(Math.min(now.getTime() + days * day, authorityEnds.getTime()));
}

/** Makes a serial number, hexadecimal: 127 random bits, positive (RFC 5280, 4.1.2.2). */
export function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
