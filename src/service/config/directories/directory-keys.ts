import { isIP } from 'node:net';
import { z } from 'zod';
import { userNameProblem } from '../../access/accounts/account-names.js';

const file = z.string().min(1);
const attribute = z.string().regex(/^[A-Za-z][\w;.-]{0,100}$/, { error: 'must be the name of an attribute' });
const claim = z
  .string()
  .regex(/^[\w:/.-]{1,200}$/, { error: 'must be the name of a claim, or names with "." between' });
const groupMap = z.record(
  z.string().min(1),
  z.string().superRefine((name, context) => {
    const problem = userNameProblem(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  }),
);

/** Keys of the configuration about a directory of LDAP. */
const ldapKeys = {
  ldap_url: z
    .string()
    .superRefine((text, context) => {
      if (parseLdapUrls(text) === undefined) {
        context.addIssue({
          code: 'custom',
          message: 'must be ldaps://HOST[:PORT] or ldap://HOST[:PORT], with blanks between several',
        });
      }
    })
    .optional()
    .describe('Servers of LDAP with the same content, in the order in which they are tried. Default: no directory'),
  ldap_starttls: z
    .boolean()
    .optional()
    .describe('Encrypt `ldap://` by StartTLS; without it only a server on this machine is taken. Default: false'),
  ldap_ca: file.optional().describe('Authorities of the servers’ certificates, PEM. Default: those that Node knows'),
  ldap_bind_dn: z.string().min(1).optional().describe('Account that searches. Default: nobody’s'),
  ldap_password_file: file.optional().describe('File with its password, read at each connect'),
  ldap_base: z.string().min(1).optional().describe('Entry below which users are: `ou=people,dc=example,dc=com`'),
  ldap_scope: z.enum(['sub', 'one']).optional().describe('All levels below it, or one. Default: `sub`'),
  ldap_user_filter: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Filter that finds a user; `{name}` is what was typed. Whom it finds no more is closed. Default: `(&(objectClass=person)(uid={name}))`',
    ),
  ldap_name_attribute: attribute.optional().describe('Name of the account. Default: `uid`'),
  ldap_full_name_attribute: attribute.optional().describe('Default: `cn`'),
  ldap_email_attribute: attribute.optional().describe('Default: `mail`'),
  ldap_id_attribute: attribute
    .optional()
    .describe(
      'Identifier that outlives a new name: `objectGUID` of Active Directory. Default: `entryUUID`; without one, the DN',
    ),
  ldap_member_of_attribute: attribute.optional().describe('Attribute with the DNs of a user’s groups: `memberOf`'),
  ldap_group_base: z.string().min(1).optional().describe('Entry below which groups are. Default: none are searched'),
  ldap_group_filter: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Filter that finds a user’s groups, by `{dn}` and `{name}`. Default: `(|(member={dn})(uniqueMember={dn})(memberUid={name}))`',
    ),
  ldap_group_name_attribute: attribute.optional().describe('Name of a group. Default: `cn`'),
  ldap_nested_groups: z.boolean().optional().describe('Groups in groups count. Default: false'),
  ldap_group_map: groupMap
    .optional()
    .describe('Name or DN of a group there → group of the service; others don’t count. Default: each by its own name'),
  ldap_admin_group: z
    .string()
    .min(1)
    .optional()
    .describe('Name or DN of the group whose members administer the service'),
  ldap_create: z
    .boolean()
    .optional()
    .describe('Whoever logs in first gets an account; else an administrator makes it before. Default: true'),
  ldap_timeout: z.int().min(1).max(60).optional().describe('Seconds to connect, and for each answer. Default: 5'),
  ldap_connections: z.int().min(1).max(100).optional().describe('Passwords that are checked at once. Default: 8'),
  ldap_refresh: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe('Seconds after which a user who goes on by a session or token is looked for again. Default: 900'),
};

/** Keys of the configuration about an OpenID provider. */
const oidcKeys = {
  oidc_issuer: z
    .url({ protocol: /^https?$/, error: 'must be https://…' })
    .optional()
    .describe('Issuer of the provider; `http` on this machine alone. Default: none'),
  oidc_client_id: z.string().min(1).max(500).optional().describe('Name of the service at the provider'),
  oidc_client_secret_file: file.optional().describe('File with its secret there. Default: a client without one'),
  oidc_ca: file.optional().describe('Authorities of the provider’s certificate, PEM. Default: those that Node knows'),
  oidc_scopes: z
    .string()
    .regex(/^(?=.*\bopenid\b)[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, {
      error: 'must be scopes with a blank between, "openid" among them',
    })
    .optional()
    .describe('Scopes that are asked for. Default: `openid profile email`'),
  oidc_name_claim: claim
    .optional()
    .describe('Name of the account; of an address, what is before the @. Default: `preferred_username`'),
  oidc_groups_claim: claim.optional().describe('Groups; `a.b` for `b` in `a`. Default: `groups`'),
  oidc_group_map: groupMap
    .optional()
    .describe('Group there → group of the service; others don’t count. Default: each by its own name'),
  oidc_admin_group: z.string().min(1).optional().describe('Group whose members administer the service'),
  oidc_title: z
    .string()
    .regex(/^[^\p{Cc}]{1,60}$/u)
    .optional()
    .describe('Name of the provider on pages. Default: its host'),
  oidc_create: z
    .boolean()
    .optional()
    .describe('Whoever logs in first gets an account; else an administrator makes it before. Default: true'),
  oidc_login_days: z
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe(
      'Days after a login for which access tokens count: the provider can’t be asked for whoever left. Default: 90',
    ),
  oidc_timeout: z.int().min(1).max(60).optional().describe('Seconds for each answer of the provider. Default: 10'),
};

/** Keys of the configuration about accounts that come from elsewhere. */
export const directoryKeys = { ...ldapKeys, ...oidcKeys };

/** Keys of it that name files. */
export const directoryFileKeys = [
  'ldap_ca',
  'ldap_password_file',
  'oidc_ca',
  'oidc_client_secret_file',
] as const satisfies (keyof typeof directoryKeys)[];

/** Server of LDAP as its address names it. */
export interface LdapAddress {
  readonly protocol: 'ldap' | 'ldaps';
  readonly host: string;
  readonly port: number;
}

/** Reads addresses of servers; undefined: one is none. */
export function parseLdapUrls(text: string): readonly LdapAddress[] | undefined {
  const found = text
    .split(/\s+/)
    .filter((part) => part !== '')
    .map(parseLdapUrl);
  const known = found.filter((each) => each !== undefined);
  return known.length === 0 || known.length < found.length ? undefined : known;
}

function parseLdapUrl(text: string): LdapAddress | undefined {
  const found = /^(ldaps?):\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?\/?$/.exec(text);
  if (found === null) return undefined;
  const [, protocol, six, name, number] = found;
  const host = six ?? name ?? '';
  if (six !== undefined && isIP(six) !== 6) return undefined;
  const port = number === undefined ? (protocol === 'ldaps' ? 636 : 389) : Number(number);
  return port === 0 || port > 65_535 ? undefined : { protocol: protocol === 'ldaps' ? 'ldaps' : 'ldap', host, port };
}
