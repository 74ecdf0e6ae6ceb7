import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import type { Visibility } from '../access/rights/roles.js';
import { type DatabaseAddress, isPostgres } from '../store/database.js';
import type { TrustingRegistry } from '../tokens/registries.js';
import { parseListen, type ServiceConfig, serviceConfig } from './config-schema.js';
import type { EnvironmentConfig } from './environment-config.js';
import { InputProblem } from './input-problem.js';
import { readServiceConfig } from './read-config.js';

/** Options of a service, complete. */
export interface ServiceOptions {
  readonly state: string;
  readonly database: DatabaseAddress;
  readonly keyFile: string;
  readonly host: string;
  readonly port: number;
  /** Address that clients use; undefined: that on which it listens. */
  readonly url: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly trustsProxy: boolean;
  readonly usualVisibility: Visibility;
  readonly issuer: string;
  readonly lifetimes: { readonly pull: number; readonly push: number };
  readonly rate: { readonly requests: number; readonly burst: number };
  readonly audit: { readonly days: number; readonly rows: number };
  readonly registry: RegistryBesideOptions | undefined;
  /** Other registries that trust its tokens. */
  readonly registries: readonly (TrustingRegistry & { readonly caFile?: string | undefined })[];
  /** Seconds. */
  readonly reconcileEvery: number;
  readonly logs: boolean;
}

/** Options of the embedded registry beside the service. */
export interface RegistryBesideOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dir: string;
}

/**
 * Completes the options of a service: flags are stronger than the environment, that than the file.
 * @throws InputError, InputProblem for what can't be
 */
export function serviceOptions(
  flags: ServiceConfig,
  environment: EnvironmentConfig,
  configFile: string | undefined,
): ServiceOptions {
  const file = configFile === undefined ? {} : readServiceConfig(configFile);
  const config = { ...file, ...readEnvironment(environment), ...defined(flags) };
  const state = resolve(config.state ?? '.provision/service');
  const listen = parsed(config.listen ?? '127.0.0.1:8080', '--listen');
  const registryListen = parsed(config.registry_listen ?? '127.0.0.1:5000', '--registry-listen');
  const { tls_cert: cert, tls_key: key, database } = config;
  if ((cert === undefined) !== (key === undefined)) {
    throw new InputProblem('--tls-cert and --tls-key are needed both, or neither');
  }
  const tls = cert === undefined || key === undefined ? undefined : { cert: resolve(cert), key: resolve(key) };
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
  return {
    state,
    database: database === undefined ? join(state, 'service.db') : isPostgres(database) ? database : resolve(database),
    keyFile: config.key_file === undefined ? join(state, 'key') : resolve(config.key_file),
    ...listen,
    url: config.url?.replace(/\/+$/, ''),
    tls,
    trustsProxy,
    usualVisibility: config.default_visibility ?? 'private',
    issuer: config.issuer ?? 'provision',
    lifetimes: { pull: config.pull_token_lifetime ?? 300, push: config.push_token_lifetime ?? 3600 },
    rate: { requests: config.requests_per_second ?? 50, burst: config.requests_burst ?? 200 },
    audit: { days: config.audit_days ?? 365, rows: config.audit_rows ?? 1_000_000 },
    registry:
      config.registry === false
        ? undefined
        : {
            ...registryListen,
            name: config.registry_name ?? 'local',
            dir: config.registry_dir === undefined ? join(state, 'registry') : resolve(config.registry_dir),
          },
    registries: otherRegistries(config),
    reconcileEvery: config.reconcile_every ?? 900,
    logs: config.log ?? false,
  };
}

function otherRegistries({
  registries = [],
  registry,
  registry_name: own = 'local',
}: ServiceConfig): ServiceOptions['registries'] {
  const clash = registry !== false && registries.some(({ name }) => name === own);
  if (clash)
    throw new InputProblem(`registries: ${own} is the name of the registry beside the service. Rename one of them`);
  return registries.map(({ name, host, read_only: isReadOnly, ca, writer, replicas = [] }) => ({
    name,
    host,
    isReadOnly,
    ...(ca === undefined ? {} : { caFile: resolve(ca) }),
    ...(writer === undefined ? {} : { members: { writer, replicas } }),
  }));
}

/** Returns true for an address that this machine alone reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
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

function environmentValue(name: keyof ServiceConfig, text: string): unknown {
  const schema = serviceConfig.shape[name];
  if (schema.safeParse(text).success) return text;
  if (text.startsWith('[')) return parsedList(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function parsedList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The schema says what is wrong.
  }
}

function defined(config: ServiceConfig): ServiceConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
