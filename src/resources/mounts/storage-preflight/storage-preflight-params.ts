import { z } from 'zod';
import { absolutePath, needs } from '../../path/path-params.js';
import { byteSize } from '../byte-size.js';

/** Parameters of `storage_preflight`. */
export const preflightParams = z.strictObject({
  path: absolutePath.describe('Directory of the storage'),
  user: z
    .string()
    .regex(/^[A-Za-z_][\w.-]*$/, { error: 'is not a name of a user' })
    .default('root')
    .describe('User of the storage'),
  write: z.boolean().default(true).describe('Require that the user can write there'),
  mounted: z.boolean().default(true).describe('Require that something is mounted there'),
  min_free: byteSize.prefault(0).describe('Space that must be free: `5G`, `500M`, or bytes'),
  needs,
});

export type PreflightParams = z.output<typeof preflightParams>;
