import { join, resolve } from 'node:path';
import { RegistryError } from '../../registry-error.js';
import type { NotificationOptions } from '../notifications/notifications.js';
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
    htpasswd: resolved(htpasswd),
    access: resolved(access),
    anonymousPull: config.anonymous_pull,
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
