import { resolve } from 'node:path';
import type { LdapOptions, LdapServer } from '../../access/directories/ldap/ldap-options.js';
import type { OidcOptions } from '../../access/directories/oidc/oidc-options.js';
import type { ServiceConfig } from '../config-schema.js';
import { InputProblem } from '../input-problem.js';
import { isLoopback } from '../loopback.js';
import { parseLdapUrls } from './directory-keys.js';

const second = 1000;
const day = 86_400 * second;

/** Completes the options of a directory of LDAP; undefined: there is none. @throws InputProblem */
export function ldapOptions(config: ServiceConfig): LdapOptions | undefined {
  const { ldap_url: url, ldap_base: base, ldap_bind_dn: dn, ldap_password_file: passwordFile } = config;
  if (url === undefined) {
    refuseAlone(config, 'ldap_', 'ldap_url');
    return undefined;
  }
  if (base === undefined) throw new InputProblem('ldap_base: is needed with ldap_url');
  if ((dn === undefined) !== (passwordFile === undefined)) {
    throw new InputProblem('ldap_bind_dn and ldap_password_file are needed both, or neither');
  }
  if (dn !== undefined && !dn.includes('=')) throw new InputProblem('ldap_bind_dn: must be a DN: cn=…,dc=…');
  return {
    servers: (parseLdapUrls(url) ?? []).map((address) => ldapServer(address, config.ldap_starttls ?? false)),
    caFile: config.ldap_ca === undefined ? undefined : resolve(config.ldap_ca),
    searcher: dn === undefined || passwordFile === undefined ? undefined : { dn, passwordFile: resolve(passwordFile) },
    base,
    scope: config.ldap_scope ?? 'sub',
    userFilter: config.ldap_user_filter ?? '(&(objectClass=person)(uid={name}))',
    attributes: {
      name: config.ldap_name_attribute ?? 'uid',
      fullName: config.ldap_full_name_attribute ?? 'cn',
      email: config.ldap_email_attribute ?? 'mail',
      id: config.ldap_id_attribute ?? 'entryUUID',
      memberOf: config.ldap_member_of_attribute,
    },
    groupSearch:
      config.ldap_group_base === undefined
        ? undefined
        : {
            base: config.ldap_group_base,
            filter: config.ldap_group_filter ?? '(|(member={dn})(uniqueMember={dn})(memberUid={name}))',
            nameAttribute: config.ldap_group_name_attribute ?? 'cn',
            nested: config.ldap_nested_groups ?? false,
          },
    map: config.ldap_group_map,
    adminGroup: config.ldap_admin_group,
    creates: config.ldap_create ?? true,
    timeout: (config.ldap_timeout ?? 5) * second,
    connections: config.ldap_connections ?? 8,
    refreshEvery: (config.ldap_refresh ?? 900) * second,
  };
}

/** Completes the options of an OpenID provider; undefined: there is none. @throws InputProblem */
export function oidcOptions(config: ServiceConfig): OidcOptions | undefined {
  const { oidc_issuer: address, oidc_client_id: clientId } = config;
  if (address === undefined) {
    refuseAlone(config, 'oidc_', 'oidc_issuer');
    return undefined;
  }
  if (clientId === undefined) throw new InputProblem('oidc_client_id: is needed with oidc_issuer');
  const issuer = new URL(address);
  if (issuer.search !== '' || issuer.hash !== '' || issuer.username !== '') {
    throw new InputProblem('oidc_issuer: must have no query, fragment or name');
  }
  if (issuer.protocol !== 'https:' && !isLoopback(issuer.hostname.replaceAll(/[[\]]/g, ''))) {
    throw new InputProblem(`oidc_issuer ${address}: logins would cross the network unencrypted. Use https`);
  }
  return {
    issuer,
    clientId,
    clientSecretFile:
      config.oidc_client_secret_file === undefined ? undefined : resolve(config.oidc_client_secret_file),
    caFile: config.oidc_ca === undefined ? undefined : resolve(config.oidc_ca),
    scopes: config.oidc_scopes ?? 'openid profile email',
    nameClaim: config.oidc_name_claim ?? 'preferred_username',
    groupsClaim: config.oidc_groups_claim ?? 'groups',
    title: config.oidc_title ?? issuer.host,
    map: config.oidc_group_map,
    adminGroup: config.oidc_admin_group,
    creates: config.oidc_create ?? true,
    longestAway: (config.oidc_login_days ?? 90) * day,
    timeout: (config.oidc_timeout ?? 10) * second,
  };
}

function ldapServer(
  { protocol, host, port }: NonNullable<ReturnType<typeof parseLdapUrls>>[number],
  startTls: boolean,
): LdapServer {
  if (protocol === 'ldaps') return { host, port, tls: 'ldaps' };
  if (startTls) return { host, port, tls: 'starttls' };
  if (isLoopback(host)) return { host, port, tls: 'none' };
  throw new InputProblem(
    `ldap_url ldap://${host}: passwords would cross the network unencrypted. Use ldaps://, or set ldap_starttls`,
  );
}

/** Refuses options of what is not set up: whoever gives them means it to be. */
function refuseAlone(config: ServiceConfig, prefix: string, needed: string): void {
  const key = Object.entries(config).find(([name, value]) => name.startsWith(prefix) && value !== undefined)?.[0];
  if (key !== undefined) throw new InputProblem(`${key}: counts with ${needed} alone. Set that, or remove it`);
}
