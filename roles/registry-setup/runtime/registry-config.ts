import type { RegistryInstance } from '../instance/registry-instance.js';
import { storageSection } from '../storage/storage-section.js';

type Section = Readonly<Record<string, unknown>>;

/** Tells whether the registry has a file system and network of its own. */
export function inContainer({ runtime }: Pick<RegistryInstance, 'runtime'>): boolean {
  return runtime === 'docker' || runtime === 'podman';
}

/** The configuration of a registry, for its version of distribution: https://distribution.github.io/distribution/about/configuration/ */
export function registryConfig(instance: RegistryInstance): Section {
  const { vars } = instance;
  return present({
    version: 0.1,
    log: logSection(instance),
    storage: storageSection(instance),
    http: httpSection(instance),
    auth: authSection(instance),
    redis: redisSection(instance),
    proxy: vars.registry_proxy === undefined ? undefined : present({ ...vars.registry_proxy, ca: undefined }),
    notifications:
      vars.registry_notifications.length === 0 ? undefined : { endpoints: vars.registry_notifications.map(present) },
    health: vars.registry_health === undefined ? undefined : present(vars.registry_health),
    validation: validationSection(instance),
    catalog: when(vars.registry_catalog_maxentries, (maxentries) => ({ maxentries })),
    tags: when(vars.registry_tags_maxtags, (maxtags) => ({ maxtags })),
  });
}

/** Tells whether the configuration holds secrets. */
export function hasSecrets({ vars }: RegistryInstance): boolean {
  const { registry_s3: s3, registry_swift: swift, registry_redis: redis, registry_proxy: proxy } = vars;
  const secrets = [s3?.secretkey, swift, redis?.password, proxy?.password, vars.registry_http_secret];
  const headers = [...vars.registry_notifications, ...(vars.registry_health?.http ?? [])].map(({ headers }) => headers);
  return [...secrets, ...headers].some((secret) => secret !== undefined);
}

function logSection({ vars }: RegistryInstance): Section {
  const { accesslog, fields, ...rest } = vars.registry_log;
  return present({
    ...rest,
    accesslog: accesslog === false ? { disabled: true } : undefined,
    fields: { service: 'registry', ...fields },
  });
}

function httpSection(instance: RegistryInstance): Section {
  const { address, port, tls, vars } = instance;
  const metrics = vars.registry_metrics;
  return present({
    addr: inContainer(instance) ? ':5000' : `${address}:${port}`,
    host: vars.registry_http_host,
    secret: vars.registry_http_secret,
    relativeurls: vars.registry_relativeurls,
    headers: { 'X-Content-Type-Options': ['nosniff'], ...vars.registry_headers },
    debug:
      metrics === undefined
        ? undefined
        : {
            addr: `${inContainer(instance) ? '' : metrics.address}:${metrics.port}`,
            prometheus: present({ enabled: true, path: metrics.path }),
          },
    tls,
  });
}

function authSection({ htpasswd, token, vars }: RegistryInstance): Section | undefined {
  if (token !== undefined) {
    const { realm, service, issuer, rootcertbundle, signingalgorithms } = token;
    return { token: present({ realm, service, issuer, rootcertbundle, signingalgorithms }) };
  }
  return htpasswd === undefined ? undefined : { htpasswd: { realm: vars.registry_htpasswd_realm, path: htpasswd } };
}

function redisSection({ vars, distribution }: RegistryInstance): Section | undefined {
  if (vars.registry_redis === undefined) return undefined;
  const { addrs, max_idle, max_active, idle_timeout, ...rest } = vars.registry_redis;
  if (distribution.major === 3)
    return present({
      addrs,
      ...rest,
      maxidleconns: max_idle,
      poolsize: max_active,
      connmaxidletime: idle_timeout,
    });
  const pool = present({ maxidle: max_idle, maxactive: max_active, idletimeout: idle_timeout });
  return present({ addr: addrs[0], ...rest, pool: Object.keys(pool).length === 0 ? undefined : pool });
}

function validationSection({ vars }: RegistryInstance): Section | undefined {
  const { registry_validation: validation } = vars;
  if (validation === undefined) return undefined;
  const { disabled, allow_urls: allow, deny_urls: deny, platforms } = validation;
  const urls = present({ allow, deny });
  const indexes = typeof platforms === 'string' ? { platforms } : { platforms: 'list', platformlist: platforms };
  const manifests = present({
    urls: Object.keys(urls).length === 0 ? undefined : urls,
    indexes: platforms === undefined ? undefined : indexes,
  });
  return present({ disabled, manifests: Object.keys(manifests).length === 0 ? undefined : manifests });
}

function when<Value>(value: Value | undefined, section: (value: Value) => Section): Section | undefined {
  return value === undefined ? undefined : section(value);
}

/** Returns a section without its undefined keys. */
function present(section: Section): Section {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
}
