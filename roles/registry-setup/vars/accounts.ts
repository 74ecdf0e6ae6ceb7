import { z } from 'zod';
import { hostPath } from './host-path.js';

/** Who may pull and push. */
export const accountVars = {
  registry_htpasswd: hostPath
    .optional()
    .describe('File of accounts on the host (htpasswd, bcrypt); without it everybody may pull and push'),
  registry_htpasswd_realm: z.string().default('Registry').describe('Realm that clients are shown'),
};
