import { type Command, Option } from 'commander';

/** Options about directories, as commander has them: texts of which the configuration makes what they mean. */
export type DirectoryFlags = Readonly<Record<`ldap${string}` | `oidc${string}`, string | boolean | undefined>>;

const ldap: readonly (readonly [flags: string, description: string])[] = [
  ['--ldap-url <urls>', 'ldaps://HOST or ldap://HOST, several with blanks between (default: no directory)'],
  ['--ldap-starttls', 'encrypt ldap:// by StartTLS'],
  ['--ldap-ca <file>', 'authorities of its certificates, PEM'],
  ['--ldap-bind-dn <dn>', 'account that searches (default: nobody’s)'],
  ['--ldap-password-file <file>', 'file with its password'],
  ['--ldap-base <dn>', 'entry below which users are'],
  ['--ldap-scope <scope>', 'sub: all levels below it (default), one: one level'],
  ['--ldap-user-filter <filter>', 'finds {name} (default: (&(objectClass=person)(uid={name})))'],
  ['--ldap-name-attribute <name>', 'name of the account (default: uid)'],
  ['--ldap-full-name-attribute <name>', '(default: cn)'],
  ['--ldap-email-attribute <name>', '(default: mail)'],
  ['--ldap-id-attribute <name>', 'what outlives a new name (default: entryUUID)'],
  ['--ldap-member-of-attribute <name>', 'DNs of the groups of a user: memberOf (default: none)'],
  ['--ldap-group-base <dn>', 'entry below which groups are searched (default: none are)'],
  ['--ldap-group-filter <filter>', 'finds groups by {dn} and {name} (default: member, uniqueMember, memberUid)'],
  ['--ldap-group-name-attribute <name>', 'name of a group (default: cn)'],
  ['--ldap-nested-groups', 'groups in groups count'],
  ['--ldap-group-map <json>', 'group there → group here (default: each by its own name)'],
  ['--ldap-admin-group <group>', 'group whose members administer the service (default: none)'],
  ['--ldap-create <boolean>', 'the first login makes an account (default: true)'],
  ['--ldap-timeout <seconds>', 'to connect, and for each answer (default: 5)'],
  ['--ldap-connections <n>', 'passwords that are checked at once (default: 8)'],
  ['--ldap-refresh <seconds>', 'look again for users who go on, so often (default: 900)'],
];

const oidc: readonly (readonly [flags: string, description: string])[] = [
  ['--oidc-issuer <url>', 'issuer of the provider (default: none)'],
  ['--oidc-client-id <id>', 'name of the service there'],
  ['--oidc-client-secret-file <file>', 'file with its secret there (default: a client without one)'],
  ['--oidc-ca <file>', 'authorities of its certificate, PEM'],
  ['--oidc-scopes <scopes>', '(default: openid profile email)'],
  ['--oidc-name-claim <name>', 'name of the account (default: preferred_username)'],
  ['--oidc-groups-claim <name>', '(default: groups)'],
  ['--oidc-group-map <json>', 'group there → group here (default: each by its own name)'],
  ['--oidc-admin-group <group>', 'group whose members administer the service (default: none)'],
  ['--oidc-title <name>', 'its name on pages (default: its host)'],
  ['--oidc-create <boolean>', 'the first login makes an account (default: true)'],
  ['--oidc-login-days <n>', 'access tokens count so long after a login (default: 90)'],
  ['--oidc-timeout <seconds>', 'for each answer (default: 10)'],
];

/** Adds the options about directories. */
export function addDirectoryFlags(command: Command): Command {
  command.optionsGroup('Accounts of a directory (LDAP):');
  for (const [flags, description] of ldap) command.addOption(new Option(flags, description));
  command.optionsGroup('Accounts of a provider (OpenID Connect):');
  for (const [flags, description] of oidc) command.addOption(new Option(flags, description));
  return command;
}
