import { z } from 'zod';

/** Number of bytes: `5G`, `500M`, or a plain number. */
export const byteCount = z
  .union([z.int().min(0), z.string().regex(/^\d+(\.\d+)?[KMGT]$/, { error: 'must be a size: 500M, 5G' })])
  .transform((given) =>
    typeof given === 'number'
      ? given
      : Math.round(Number(given.slice(0, -1)) * 1024 ** (1 + 'KMGT'.indexOf(given.slice(-1)))),
  )
  .refine((bytes) => Number.isSafeInteger(bytes), { error: 'must be less than 8192T' });
