import { z } from 'zod';

const units = ['', 'K', 'M', 'G', 'T'];

/** Number of bytes: `5G`, `500M`, or a plain number. */
export const byteSize = z
  .union([z.int().min(0), z.string().regex(/^\d+(\.\d+)?[KMGT]?$/, { error: 'must be a size: 500M, 5G' })])
  .transform((given) => {
    const [, number = '0', unit = ''] = /^([\d.]+)([KMGT]?)$/.exec(String(given)) ?? [];
    return Math.round(Number(number) * 1024 ** units.indexOf(unit));
  });

/** Formats a number of bytes in about three digits: `1.5G`. */
export function inBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${units[power]}`;
}
