import { z } from 'zod';
import { htpasswd } from '../../../src/index.js';
import { hostPath } from './host-path.js';

const { keyType: name, valueType: password } = htpasswd.params.shape.accounts;

/** Variables of accounts that may pull and push. */
export const accountVars = {
  registry_accounts: z
    .array(z.strictObject({ name, password }))
    .min(1)
    .refine((accounts) => new Set(accounts.map(({ name }) => name)).size === accounts.length, {
      error: 'contains an account twice. Remove one entry',
    })
    .optional()
    .describe('Accounts that may pull and push, each with `name` and `password`; other accounts in the file stay'),
  registry_accounts_exclusive: z.boolean().default(false).describe('Remove accounts that are not listed'),
  registry_htpasswd: hostPath
    .optional()
    .describe(
      'File of accounts on the host (htpasswd, bcrypt). Default: with `registry_accounts` beside the configuration; without either everybody may pull and push',
    ),
  registry_htpasswd_realm: z.string().default('Registry').describe('Realm that is sent to clients'),
};
