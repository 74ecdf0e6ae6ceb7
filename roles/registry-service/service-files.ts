import { hardenedUnit } from './hardened-unit.js';
import { type ServedTlsFiles, servedAuthorityFile, servedTlsFiles } from './served-tls.js';
import type { ServiceVars } from './vars.js';

/** Unit of the service. */
export const unit = 'provision-service';
/** Folder of its configuration. */
export const configFolder = '/etc/provision-service';
export const configFile = `${configFolder}/service.yaml`;
export const unitFile = `/etc/systemd/system/${unit}.service`;
export const backupTimer = 'provision-service-backup';
/** File with the first account. */
export const accountFile = `${configFolder}/first-account`;

/** Folder of its certificate and key. */
export const tlsFolder = `${configFolder}/tls`;

/** Returns the files of its certificate and key; undefined: it speaks plain http. */
export function serviceTlsFiles({ registry_service_tls: tls }: ServiceVars): ServedTlsFiles | undefined {
  return servedTlsFiles(tls, tlsFolder);
}

/** Returns the file with the authority of a registry's certificate. */
export function authorityFile(registry: string): string {
  return `${configFolder}/registries/${registry}.pem`;
}

/** Files about accounts that come from elsewhere. */
export const directoryFiles = {
  ldapAuthority: `${configFolder}/directories/ldap.pem`,
  ldapPassword: `${configFolder}/directories/ldap-password`,
  oidcAuthority: `${configFolder}/directories/oidc.pem`,
  oidcSecret: `${configFolder}/directories/oidc-client-secret`,
} as const;

/** File with the token that opens the metrics. */
export const metricsTokenFile = `${configFolder}/metrics-token`;

/** Returns the address that clients use. */
export function publicUrl(vars: ServiceVars, inventoryHostname: string): string {
  const { registry_service_url: url, registry_service_listen: listen } = vars;
  if (url !== undefined) return url.replace(/\/+$/, '');
  const host = inventoryHostname.includes(':') ? `[${inventoryHostname}]` : inventoryHostname;
  return `${serviceTlsFiles(vars) === undefined ? 'http' : 'https'}://${host}:${listen.split(':').at(-1)}`;
}

/** Returns the configuration of the service, as `provision serve --config` reads it. */
export function configOf(vars: ServiceVars, inventoryHostname: string): Readonly<Record<string, unknown>> {
  const { registry_service_registry: beside, registry_service_database: database } = vars;
  const tls = serviceTlsFiles(vars);
  const all = {
    state: vars.registry_service_directory,
    database,
    first_account: vars.registry_service_admin === undefined ? undefined : accountFile,
    listen: vars.registry_service_listen,
    url: publicUrl(vars, inventoryHostname),
    tls_cert: tls?.certificate,
    tls_key: tls?.key,
    tls_ca: servedAuthorityFile(vars.registry_service_tls, tlsFolder),
    trusted_proxy: vars.registry_service_trusted_proxy || undefined,
    registry: beside !== undefined,
    registry_listen: beside?.listen,
    registry_name: beside?.name,
    registry_dir: beside?.directory,
    registries: vars.registry_service_registries.map(({ ca, ...registry }) => ({
      ...registry,
      ...(ca === undefined ? {} : { ca: authorityFile(registry.name) }),
    })),
    metrics_token_file: vars.registry_service_metrics_token === undefined ? undefined : metricsTokenFile,
    ...directoriesOf(vars),
    ...vars.registry_service_settings,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Returns the options about accounts that come from elsewhere; secrets and authorities are in files. */
function directoriesOf({
  registry_service_ldap: ldap,
  registry_service_oidc: oidc,
}: ServiceVars): Readonly<Record<string, unknown>> {
  const { ldapAuthority, ldapPassword, oidcAuthority, oidcSecret } = directoryFiles;
  const named = (prefix: string, options: object) =>
    Object.fromEntries(Object.entries(options).map(([name, value]) => [`${prefix}_${name}`, value]));
  const { ca: ldapCa, password, ...ldapOptions } = ldap ?? {};
  const { ca: oidcCa, client_secret: clientSecret, ...oidcOptions } = oidc ?? {};
  return {
    ...named('ldap', {
      ...ldapOptions,
      ...(ldapCa === undefined ? {} : { ca: ldapAuthority }),
      ...(password === undefined ? {} : { password_file: ldapPassword }),
    }),
    ...named('oidc', {
      ...oidcOptions,
      ...(oidcCa === undefined ? {} : { ca: oidcAuthority }),
      ...(clientSecret === undefined ? {} : { client_secret_file: oidcSecret }),
    }),
  };
}

/** Returns the text of the unit. */
export function unitText(vars: ServiceVars): string {
  const {
    registry_service_user: user,
    registry_service_program: program,
    registry_service_directory: folder,
    registry_service_listen: listen,
    registry_service_registry: beside,
  } = vars;
  return hardenedUnit({
    description: 'Accounts, tokens and the index of registries (provision serve)',
    after: ['postgresql.service'],
    user,
    command: `${program}/bin/provision serve --config ${configFile}`,
    directory: folder,
    writes: [folder, ...(beside?.directory === undefined ? [] : [beside.directory])],
    reads: [program],
    listens: [listen, ...(beside === undefined ? [] : [beside.listen])],
  });
}
