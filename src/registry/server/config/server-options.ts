import { join, resolve } from 'node:path';
import { RegistryError } from '../../registry-error.js';
import type { TokenSettings } from '../access/tokens/token-settings.js';
import type { NotificationOptions } from '../notifications/notifications.js';
import { type PullThroughOptions, upstreamAddress } from '../pull-through/pull-through-options.js';
import { immutableTags, type TagTest } from '../rules/immutable-tags.js';
import type { RegistryServerOptions } from '../serve.js';
import type { ServerConfig } from './config-schema.js';
import { durationOf } from './duration.js';

/** Returns the options of a server by its flags and its configuration file; flags are stronger. */
export async function configuredOptions(
  flags: ServerConfig,
  configFile: string | undefined,
): Promise<RegistryServerOptions & { readonly logs: boolean }> {
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const [empty] = Object.keys(given).filter((name) => given[name] === '');
  if (empty !== undefined) {
    // Of an unset variable in a script: no address is all of them, no folder that in which the script runs.
    throw new RegistryError('input', `--${empty.replaceAll('_', '-')} is empty: give it a value, or leave it out`);
  }
  return optionsOf({ ...(configFile === undefined ? {} : { port: 5000, ...(await readFile(configFile)) }), ...given });
}

/** Reads the file by a module that is loaded for it alone: most servers start without one. */
async function readFile(file: string): Promise<ServerConfig> {
  const { readServerConfig } = await import('./read-files.js');
  return readServerConfig(file);
}

function optionsOf(config: ServerConfig): RegistryServerOptions & { readonly logs: boolean } {
  const { dir, host, port, htpasswd, access, tls_cert: cert, tls_key: key } = config;
  if (dir === undefined) throw new RegistryError('input', '--dir is missing: the folder of the images');
  if ((cert === undefined) !== (key === undefined)) {
    throw new RegistryError('input', '--tls-cert and --tls-key are needed both, or neither');
  }
  const clientCa = resolved(config.tls_client_ca);
  if (clientCa !== undefined && cert === undefined) {
    throw new RegistryError(
      'input',
      '--tls-client-ca needs --tls-cert and --tls-key: certificates of clients come with TLS',
    );
  }
  if (config.tls_client_auth !== undefined && clientCa === undefined) {
    throw new RegistryError('input', '--tls-client-auth needs --tls-client-ca: the authorities to trust');
  }
  if (htpasswd === undefined && clientCa === undefined && (access !== undefined || config.anonymous_pull === true)) {
    const name = access === undefined ? '--anonymous-pull' : '--access';
    throw new RegistryError(
      'input',
      `${name} needs --htpasswd or --tls-client-ca: without accounts everybody may do everything`,
    );
  }
  const token = tokenSettings(config);
  return {
    dir: resolve(dir),
    host,
    port,
    readOnly: config.read_only,
    delete: config.delete,
    sparseIndexes: config.sparse_indexes,
    immutableTags: config.immutable_tags === undefined ? undefined : tagTest(config.immutable_tags),
    quotas: config.quotas,
    metricsPath: config.metrics_path,
    maxManifestSize: config.max_manifest_size,
    proxy: proxyOf(config),
    htpasswd: resolved(htpasswd),
    access: resolved(access),
    anonymousPull: config.anonymous_pull,
    token,
    tls:
      cert === undefined || key === undefined
        ? undefined
        : { cert: resolve(cert), key: resolve(key), clientCa, clientAuth: config.tls_client_auth },
    gcEvery: config.gc_every,
    gcGrace: config.gc_grace,
    gcDeleteUntagged: config.gc_delete_untagged,
    scrubRate: config.scrub_rate,
    rateLimit: config.rate_limit,
    headers: config.headers,
    corsOrigins: config.cors_origins,
    notifications: notificationsOf(config, resolve(dir)),
    logs: config.log ?? false,
  };
}

function tokenSettings(config: ServerConfig): TokenSettings | undefined {
  const { token_realm: realm, token_service: service, token_issuer: issuer, token_rootcertbundle: bundle } = config;
  const given = { realm, service, issuer, rootcertbundle: bundle };
  const missing = Object.entries(given).filter(([, value]) => value === undefined);
  if (missing.length === Object.keys(given).length) return undefined;
  if (realm === undefined || service === undefined || issuer === undefined || bundle === undefined) {
    const names = missing.map(([name]) => `--token-${name}`).join(', ');
    throw new RegistryError('input', `${names} ${missing.length === 1 ? 'is' : 'are'} missing: tokens need all four`);
  }
  const besides = {
    htpasswd: config.htpasswd,
    access: config.access,
    'anonymous-pull': config.anonymous_pull || undefined,
  };
  const [foreign] = Object.entries(besides).filter(([, value]) => value !== undefined);
  if (foreign !== undefined) {
    const message = `--${foreign[0]} cannot be used with --token-realm: the token server says who may do what. Remove one of them`;
    throw new RegistryError('input', message);
  }
  return { realm, service, issuer, rootcertbundle: resolve(bundle) };
}

/** Returns the registry that is fetched from; undefined: none. @throws RegistryError `input` for what doesn't fit */
function proxyOf(config: ServerConfig): PullThroughOptions | undefined {
  const { proxy_url: url, proxy_username: username, proxy_password_file: password, proxy_authfile: authfile } = config;
  const need = (fits: boolean, message: string) => {
    if (!fits) throw new RegistryError('input', message);
  };
  if (url === undefined) {
    const [foreign] = Object.entries(config).flatMap(([key, value]) =>
      key.startsWith('proxy_') && value !== undefined ? [key.replaceAll('_', '-')] : [],
    );
    need(foreign === undefined, `--${foreign} needs --proxy-url: the registry to fetch from`);
    return undefined;
  }
  const address = upstreamAddress(url);
  need(typeof address !== 'string', `--proxy-url ${String(address)}`);
  need(config.read_only !== true, '--proxy-url cannot be used with --read-only: what is fetched is stored. Remove one');
  need(
    (username === undefined) === (password === undefined),
    '--proxy-username and --proxy-password-file are needed both, or neither',
  );
  need(
    username === undefined || authfile === undefined,
    '--proxy-authfile cannot be used with --proxy-username: an account comes from one of them. Remove the other',
  );
  return {
    url,
    username,
    passwordFile: resolved(password),
    authFile: resolved(authfile),
    ca: resolved(config.proxy_ca),
    ttl: config.proxy_ttl,
    tagTtl: config.proxy_tag_ttl,
    namespaces: config.proxy_namespaces,
  };
}

function notificationsOf(config: ServerConfig, dir: string): NotificationOptions | undefined {
  const endpoints = (config.notifications ?? []).filter(({ disabled }) => disabled !== true);
  const { notifications_directory: folder, notifications_max_bytes: mostBytes } = config;
  if (endpoints.length === 0) return undefined;
  if (folder === undefined && config.read_only === true) {
    const message = 'notifications needs notifications_directory where the registry is read-only: events wait in files';
    throw new RegistryError('input', message);
  }
  return {
    folder: resolved(folder) ?? join(dir, 'provision/notifications'),
    mostBytes: mostBytes ?? 64 << 20,
    endpoints: endpoints.map(({ name, url, headers, timeout, threshold, backoff, ignoredmediatypes, ignore }) => ({
      name,
      url,
      headers: headers ?? {},
      timeout: durationOf(timeout ?? '1s') ?? 1000,
      threshold: threshold ?? 5,
      caFile: resolved(config.notifications_ca),
      backoff: durationOf(backoff ?? '10s') ?? 10_000,
      ignoredTypes: [...(ignoredmediatypes ?? []), ...(ignore?.mediatypes ?? [])],
      ignoredActions: ignore?.actions ?? [],
    })),
  };
}

function tagTest(patterns: readonly string[]): TagTest {
  const read = immutableTags(patterns);
  if ('problem' in read) throw new RegistryError('input', `--immutable-tags: ${read.problem}`);
  return read;
}

function resolved(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}
