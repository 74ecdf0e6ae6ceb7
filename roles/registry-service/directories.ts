import { z } from 'zod';
import { controllerFile, secret } from '../../src/index.js';

/** Authority of a certificate: the run's own, a file of the controller, or its text. */
export const givenAuthority = z.union([
  z.literal('own-ca'),
  z.strictObject({ src: controllerFile(z.string().min(1)) }),
  z.strictObject({ content: z.string().min(1) }),
]);

const text = z
  .string()
  .min(1)
  .regex(/^[^\n\r]*$/, { error: 'must be one line' });
const attribute = z.string().regex(/^[A-Za-z][\w;.-]{0,100}$/, { error: 'must be the name of an attribute' });
const claim = z
  .string()
  .regex(/^[\w:/.-]{1,200}$/, { error: 'must be the name of a claim, or names with "." between' });
const groupMap = z.record(
  z.string().min(1),
  z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, {
      error: 'must be small letters and digits, with single ".", "_" or "-" between them',
    }),
);
const password = secret(text.max(4000));
const seconds = z.int().min(1).max(60);

/** Directory of LDAP, by the names that `provision serve` has for its options, without `ldap_`. */
export const ldap = z.strictObject({
  url: z.string().regex(/^ldaps?:\/\/[^\s/]+\/?(?:\s+ldaps?:\/\/[^\s/]+\/?)*$/, {
    error: 'must be ldaps://HOST[:PORT] or ldap://HOST[:PORT], with blanks between several',
  }),
  starttls: z.boolean().optional(),
  ca: givenAuthority.optional(),
  bind_dn: text.regex(/=/, { error: 'must be a DN: cn=…,dc=…' }).optional(),
  password: password.optional(),
  base: text,
  scope: z.enum(['sub', 'one']).optional(),
  user_filter: text.optional(),
  name_attribute: attribute.optional(),
  full_name_attribute: attribute.optional(),
  email_attribute: attribute.optional(),
  id_attribute: attribute.optional(),
  member_of_attribute: attribute.optional(),
  group_base: text.optional(),
  group_filter: text.optional(),
  group_name_attribute: attribute.optional(),
  nested_groups: z.boolean().optional(),
  group_map: groupMap.optional(),
  admin_group: text.optional(),
  create: z.boolean().optional(),
  timeout: seconds.optional(),
  connections: z.int().min(1).max(100).optional(),
  refresh: z.int().min(1).max(86_400).optional(),
});

/** OpenID provider, by the names that `provision serve` has for its options, without `oidc_`. */
export const oidc = z.strictObject({
  issuer: z.url({ protocol: /^https?$/, error: 'must be https://…' }),
  client_id: text.max(500),
  client_secret: password.optional(),
  ca: givenAuthority.optional(),
  scopes: z
    .string()
    .regex(/^(?=.*\bopenid\b)[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, {
      error: 'must be scopes with a blank between, "openid" among them',
    })
    .optional(),
  name_claim: claim.optional(),
  groups_claim: claim.optional(),
  group_map: groupMap.optional(),
  admin_group: text.optional(),
  title: text.max(60).optional(),
  create: z.boolean().optional(),
  login_days: z.int().min(1).max(3650).optional(),
  timeout: seconds.optional(),
});
