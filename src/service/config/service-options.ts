import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { defaultInventories } from '../../inventory/default-names.js';
import { isHostList } from '../../inventory/files.js';
import type { PrefixQuota } from '../../registry/server/quotas/counted-quota.js';
import type { LdapOptions } from '../access/directories/ldap/ldap-options.js';
import type { OidcOptions } from '../access/directories/oidc/oidc-options.js';
import type { Visibility } from '../access/rights/roles.js';
import type { UpstreamAccess } from '../hub/mirror/upstream-access.js';
import type { JobSiteOptions } from '../jobs/child/child-request.js';
import type { KeptJobs } from '../jobs/kept-jobs.js';
import type { OlderOptions } from '../older/older-app.js';
import { type DatabaseAddress, isPostgres } from '../store/database.js';
import type { TrustingRegistry } from '../tokens/registries.js';
import type { WebhookOptions } from '../webhooks/webhook-options.js';
import { parseListen, type ServiceConfig, serviceConfig } from './config-schema.js';
import { ldapOptions, oidcOptions } from './directories/directory-options.js';
import { type EnvironmentConfig, environmentValue } from './environment-config.js';
import { InputProblem } from './input-problem.js';
import { isLoopback } from './loopback.js';
import type { pageThemes } from './page-themes.js';
import { type PublicationOptions, publicationOptions } from './publication-options.js';
import { webhookOptions } from './webhook-keys.js';

/** Options of a service, complete. */
export interface ServiceOptions extends PublicationOptions {
  readonly state: string;
  readonly database: DatabaseAddress;
  readonly keyFile: string;
  /** File with the account that is made as long as there is none. */
  readonly firstAccount: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Address that clients use; undefined: that on which it listens. */
  readonly url: string | undefined;
  /** `ca`: authorities of the certificate, by which the registry beside it reaches the service. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string } | undefined;
  readonly trustsProxy: boolean;
  readonly usualVisibility: Visibility;
  readonly issuer: string;
  readonly lifetimes: { readonly pull: number; readonly push: number };
  readonly rate: { readonly requests: number; readonly burst: number };
  readonly audit: { readonly days: number; readonly rows: number };
  /** Days for which deletions can be undone; 0: not at all. */
  readonly undoDays: number;
  readonly pageTheme: (typeof pageThemes)[number];
  readonly registry: RegistryBesideOptions | undefined;
  /** Other registries that trust its tokens. */
  readonly registries: readonly (TrustingRegistry & { readonly caFile?: string | undefined })[];
  /** Accounts and authorities for registries that are mirrored. */
  readonly upstreams: readonly UpstreamAccess[];
  /** Seconds. */
  readonly reconcileEvery: number;
  /** Seconds between two checks of the whole site; 0: none but those of schedules. */
  readonly driftEvery: number;
  readonly metrics: { readonly isOpen: boolean; readonly tokenFile: string | undefined };
  /** Undefined: none, unless variables of OpenTelemetry name one. */
  readonly tracesEndpoint: string | undefined;
  readonly logs: boolean;
  /** Undefined: there is none. */
  readonly site: JobSiteOptions | undefined;
  /** Routes of the older server; undefined: there are none. */
  readonly older: (OlderOptions & { readonly listen: string; readonly port: number }) | undefined;
  readonly jobs: KeptJobs & { readonly atOnce: number };
  readonly webhooks: WebhookOptions;
  readonly ldap: LdapOptions | undefined;
  readonly oidc: OidcOptions | undefined;
}

/** Options of the embedded registry beside the service. */
export interface RegistryBesideOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dir: string;
  readonly quotas: readonly PrefixQuota[] | undefined;
}

/**
 * Completes the options of a service: flags are stronger than the environment, that than the file.
 * @throws InputError, InputProblem for what can't be
 */
export function serviceOptions(
  flags: ServiceConfig,
  environment: EnvironmentConfig,
  file: ServiceConfig = {},
): ServiceOptions {
  const config = { ...file, ...readEnvironment(environment), ...defined(flags) };
  const state = resolve(config.state ?? '.provision/service');
  const listen = parsed(config.listen ?? '127.0.0.1:8080', '--listen');
  const registryListen = parsed(config.registry_listen ?? '127.0.0.1:5000', '--registry-listen');
  const { tls_cert: cert, tls_key: key, database } = config;
  if ((cert === undefined) !== (key === undefined)) {
    throw new InputProblem('--tls-cert and --tls-key are needed both, or neither');
  }
  const tls =
    cert === undefined || key === undefined
      ? undefined
      : { cert: resolve(cert), key: resolve(key), ca: resolve(config.tls_ca ?? cert) };
  const trustsProxy = config.trusted_proxy ?? false;
  if (!isLoopback(listen.host) && tls === undefined && !trustsProxy) {
    throw new InputProblem(
      `--listen ${config.listen}: passwords would cross the network unencrypted. Give --tls-cert and --tls-key, or --trusted-proxy where a proxy before it speaks TLS`,
    );
  }
  if (config.registry !== false && !isLoopback(registryListen.host) && tls === undefined && !trustsProxy) {
    throw new InputProblem(
      `--registry-listen ${config.registry_listen}: tokens would cross the network unencrypted. Give --tls-cert and --tls-key, or --trusted-proxy`,
    );
  }
  if (config.registry === false && config.registry_quotas !== undefined) {
    throw new InputProblem(
      'registry_quotas: there is no registry beside the service to limit (registry: false). Give quotas to the registries themselves',
    );
  }
  return {
    state,
    database: database === undefined ? join(state, 'service.db') : isPostgres(database) ? database : resolve(database),
    keyFile: config.key_file === undefined ? join(state, 'key') : resolve(config.key_file),
    firstAccount: config.first_account === undefined ? undefined : resolve(config.first_account),
    ...listen,
    url: config.url?.replace(/\/+$/, ''),
    tls,
    trustsProxy,
    usualVisibility: config.default_visibility ?? 'private',
    issuer: config.issuer ?? 'provision',
    lifetimes: { pull: config.pull_token_lifetime ?? 300, push: config.push_token_lifetime ?? 3600 },
    rate: { requests: config.requests_per_second ?? 50, burst: config.requests_burst ?? 200 },
    undoDays: config.undo_days ?? 14,
    pageTheme: config.page_theme ?? 'auto',
    audit: { days: config.audit_days ?? 365, rows: config.audit_rows ?? 1_000_000 },
    registry:
      config.registry === false
        ? undefined
        : {
            ...registryListen,
            name: config.registry_name ?? 'local',
            quotas: config.registry_quotas,
            dir: config.registry_dir === undefined ? join(state, 'registry') : resolve(config.registry_dir),
          },
    registries: otherRegistries(config),
    upstreams: (config.upstreams ?? []).map(({ host, username, password_file: password, ca }) => ({
      host,
      account:
        username === undefined || password === undefined ? undefined : { username, passwordFile: resolve(password) },
      caFile: ca === undefined ? undefined : resolve(ca),
    })),
    reconcileEvery: config.reconcile_every ?? 900,
    driftEvery: driftEvery(config),
    metrics: metricsOf(config, listen.host),
    tracesEndpoint: config.traces_endpoint,
    logs: config.log ?? false,
    site: siteOf(config),
    ...publicationOptions(config),
    older: olderOf(config),
    jobs: {
      atOnce: config.jobs_at_once ?? 4,
      number: config.jobs_kept ?? 500,
      days: config.jobs_days ?? 90,
      bytes: config.jobs_bytes ?? 1024 ** 3,
    },
    webhooks: webhookOptions(config),
    ldap: ldapOptions(config),
    oidc: oidcOptions(config),
  };
}

function driftEvery({ drift_every: given, site }: ServiceConfig): number {
  if (site === undefined && given !== undefined && given > 0) {
    throw new InputProblem('drift_every is for a site: name it with --site');
  }
  return site === undefined ? 0 : (given ?? 21_600);
}

function metricsOf({ metrics, metrics_token_file: tokenFile }: ServiceConfig, host: string): ServiceOptions['metrics'] {
  if (metrics === 'open' && !isLoopback(host)) {
    throw new InputProblem(
      '--metrics open: whoever reaches the service could read them. Give --metrics-token-file, or listen on loopback',
    );
  }
  return { isOpen: metrics === 'open', tokenFile: tokenFile === undefined ? undefined : resolve(tokenFile) };
}

function olderOf(config: ServiceConfig): ServiceOptions['older'] {
  const {
    older_listen: given,
    older_host: host,
    older_account: account,
    older_versions: versions,
    older_open: open,
  } = config;
  if (given === undefined) return undefined;
  const { host: listen, port } = parsed(given, '--older-listen');
  if (host === undefined || account === undefined || config.site === undefined) {
    throw new InputProblem('--older-listen needs --site, --older-host and --older-account too');
  }
  if (!isLoopback(listen) && open !== true) {
    throw new InputProblem(
      `--older-listen ${given}: whoever reaches it could make and delete registries. Say --older-open where that is meant`,
    );
  }
  return { listen, port, host, account, versions: versions ?? [31, 32, 33] };
}

function siteOf(config: ServiceConfig): JobSiteOptions | undefined {
  const { site, inventory, vault_password_files: vaults = [], become_password_file: become } = config;
  if (site === undefined) {
    const alone = (['inventory', 'vault_password_files', 'become_password_file', 'accept_new'] as const).find(
      (key) => config[key] !== undefined,
    );
    if (alone !== undefined) throw new InputProblem(`${alone} is for a site: name it with --site`);
    return undefined;
  }
  const path = resolve(site);
  if (!existsSync(path)) throw new InputProblem(`--site ${site}: there is no such file`);
  const paths = inventory ?? inventoriesBeside(path);
  return {
    site: path,
    inventory: paths.map((each) => (isHostList(each) ? each : resolve(each))),
    vaultPasswordFiles: vaults.map((file) => resolve(file)),
    ...(become === undefined ? {} : { becomePasswordFile: resolve(become) }),
    acceptNew: config.accept_new ?? false,
  };
}

/** Returns the inventory beside a site that `provision SITE` would take. */
function inventoriesBeside(site: string): string[] {
  const found = defaultInventories.map((name) => join(dirname(site), name)).find((path) => existsSync(path));
  return found === undefined ? [] : [found];
}

function otherRegistries({
  registries = [],
  registry,
  registry_name: own = 'local',
}: ServiceConfig): ServiceOptions['registries'] {
  const clash = registry !== false && registries.some(({ name }) => name === own);
  if (clash)
    throw new InputProblem(`registries: ${own} is the name of the registry beside the service. Rename one of them`);
  return registries.map(({ name, host, read_only: isReadOnly, kind, upstream, ca, writer, replicas = [] }) => ({
    name,
    host,
    isReadOnly,
    kind,
    upstream,
    ...(ca === undefined ? {} : { caFile: resolve(ca) }),
    ...(writer === undefined ? {} : { members: { writer, replicas } }),
  }));
}

function parsed(text: string, option: string): { readonly host: string; readonly port: number } {
  const listen = parseListen(text);
  if (listen === undefined) throw new InputProblem(`${option} ${text}: must be HOST:PORT, such as 127.0.0.1:8080`);
  return listen;
}

/** Reads texts of the environment as the file would have them. */
function readEnvironment(given: EnvironmentConfig): ServiceConfig {
  const values = Object.entries(given).flatMap(([name, text]) =>
    text === undefined || text === '' ? [] : [[name, environmentValue(name as keyof ServiceConfig, text)] as const],
  );
  const read = serviceConfig.safeParse(Object.fromEntries(values));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new InputProblem(`PROVISION_SERVICE_${String(issue?.path[0]).toUpperCase()}: ${issue?.message}`);
}

function defined(config: ServiceConfig): ServiceConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
