import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { cloudFrontKeyError, controllerFile, secret } from '../../src/index.js';
import { plainPath } from '../registry-service/served-tls.js';

/** Text that stands behind a name in an INI file, and is read as it is. */
const text = z
  .string()
  .regex(/^\S(?:[^\n\r]*\S)?$/, { error: 'must be one line, without blanks at its ends' })
  .refine((value) => !/\s;/.test(value), { error: 'must have no blank before ";": a comment would begin there' });
const seconds = z.int().min(1).max(999_999_999);
const algorithm = z.enum(['sha256', 'sha1', 'md5']);

/** Private key of CloudFront: of the controller, or its text. */
const privateKey = z.union([
  z.strictObject({ src: controllerFile(z.string().min(1), keyFileErrors) }),
  z.strictObject({
    content: secret(z.string()).superRefine((pem, context) => {
      const wrong = cloudFrontKeyError(pem);
      if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong.message });
    }),
  }),
]);

function keyFileErrors(path: string): ReturnType<NonNullable<Parameters<typeof controllerFile>[1]>> {
  const wrong = cloudFrontKeyError(readFileSync(path, 'utf8'));
  return wrong === undefined ? [] : [{ code: 'wrong-value', message: wrong.message, hint: wrong.hint }];
}

/** Sections of Crane's configuration, by the names that they have there. Folder and interval are variables of their own. */
export const craneSections = z.strictObject({
  general: z.strictObject({ endpoint: text.optional(), debug: z.boolean().optional() }).optional(),
  cdn: z
    .strictObject({
      url_match: text.optional(),
      url_replace: text.optional(),
      url_auth_secret: secret(text).optional(),
      url_auth_ttl: seconds.optional(),
      url_auth_param: text.optional(),
      url_auth_algo: algorithm.optional(),
    })
    .optional(),
  serve_content: z
    .strictObject({
      enable: z.boolean().optional(),
      content_dir_v1: plainPath.optional(),
      content_dir_v2: plainPath.optional(),
      use_x_sendfile: z.boolean().optional(),
    })
    .optional(),
  gsa: z.strictObject({ url: text.optional() }).optional(),
  solr: z.strictObject({ url: text.optional() }).optional(),
  cloudfront: z
    .strictObject({
      key_pair_id: text,
      private_key: privateKey.optional(),
      private_key_file: plainPath.optional(),
      hash: z.enum(['sha1', 'sha256']).optional(),
      policy: z.enum(['canned', 'custom']).optional(),
      resource: text.optional(),
      network: text.optional(),
      window: seconds.optional(),
      ttl: seconds.optional(),
    })
    .refine(({ private_key: own, private_key_file: of_host }) => (own === undefined) !== (of_host === undefined), {
      error: 'needs private_key or private_key_file, and not both',
    })
    .optional(),
  akamai: z
    .strictObject({
      secret: secret(text),
      parameter: text.optional(),
      algorithm: algorithm.optional(),
      acl: z.array(text).optional(),
      ip: text.optional(),
      window: seconds.optional(),
      id: text.optional(),
      data: text.optional(),
      salt: secret(text).optional(),
      escape: z.boolean().optional(),
      ttl: seconds.optional(),
    })
    .optional(),
  nginx: z
    .strictObject({
      expression: secret(text),
      hash_parameter: text.optional(),
      end_parameter: text.optional(),
      client: text.optional(),
      ttl: seconds.optional(),
    })
    .optional(),
});

export type CraneSections = z.output<typeof craneSections>;
