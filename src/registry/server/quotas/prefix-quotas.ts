import { z } from 'zod';
import { repositoriesOfRule } from '../access/access-schema.js';
import { byteCount } from '../config/byte-count.js';

/** Bytes that the repositories of prefixes may have. */
export const prefixQuotas = z.array(
  z.strictObject({
    prefix: repositoriesOfRule.describe('`team/app`; `team/`: all below it; `**`: all'),
    bytes: byteCount.describe('`10G`, `500M`, or bytes'),
  }),
);
