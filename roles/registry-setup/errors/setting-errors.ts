import type { z } from 'zod';
import { instanceEntries } from '../instance/entries.js';
import { instancesOf } from '../instance/instance.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { embeddedVars } from '../vars/embedded.js';
import type { RegistryVars } from '../vars/role-vars.js';
import { settingVars } from '../vars/settings.js';
import { authErrors } from './auth-errors.js';
import { embeddedErrors } from './embedded-errors.js';
import { nfsErrors } from './nfs-errors.js';
import type { SettingError } from './setting-error.js';
import { timerErrors } from './timer-errors.js';

/** Settings of a single major version of distribution, with the key in its configuration. */
const versioned: readonly { readonly only: 2 | 3; readonly path: readonly string[]; readonly key: string }[] = [
  { only: 2, path: ['swift'], key: 'storage.swift' },
  ...['forcepathstyle', 'usedualstack', 'accelerate', 'usefipsendpoint', 'loglevel'].map(
    (name) => ({ only: 3, path: ['s3', name], key: `storage.s3.${name}` }) as const,
  ),
  { only: 3, path: ['tag_concurrency'], key: 'storage.tag.concurrencylimit' },
  { only: 3, path: ['redis', 'username'], key: 'redis.username' },
  { only: 3, path: ['redis', 'mastername'], key: 'redis.mastername' },
  { only: 3, path: ['redis', 'tls'], key: 'redis.tls' },
  { only: 3, path: ['proxy', 'ttl'], key: 'proxy.ttl' },
  { only: 3, path: ['validation', 'disabled'], key: 'validation.disabled' },
  { only: 3, path: ['validation', 'platforms'], key: 'validation.manifests.indexes.platforms' },
  { only: 3, path: ['tags_maxtags'], key: 'tags.maxtags' },
];

/** Returns the errors in the settings of all registries of a host, each once, with its place. */
export function settingErrors(vars: RegistryVars): readonly { path: (string | number)[]; message: string }[] {
  const instances = instancesOf(vars, { os_family: 'debian', uid: 0, home: '/root' });
  const entries = instanceEntries(vars);
  const all = instances.flatMap((instance, index) =>
    errorsOf(instance).map(({ path: [name = '', ...rest], message }) => {
      const placed = entries?.[index];
      const own = placed !== undefined && Object.hasOwn(placed.entry, name);
      return { path: [...(own ? [...placed.path, name] : [`registry_${name}`]), ...rest], message };
    }),
  );
  const seen = new Set<string>();
  return all.filter((error) => seen.size < seen.add(JSON.stringify(error)).size);
}

/** Returns the errors in a registry's settings: keys unknown to its version, and settings that exclude each other. */
export function errorsOf(instance: RegistryInstance): readonly SettingError[] {
  if (instance.state === 'absent') return [];
  if (instance.runtime === 'embedded')
    return [
      ...notEmbedded(instance),
      ...embeddedErrors(instance),
      ...authErrors(instance),
      ...nfsErrors(instance),
      ...timerErrors(instance),
    ];
  const { distribution, vars } = instance;
  const embedded = givenOf(embeddedVars, vars).map((name) => ({
    path: [name],
    message: 'needs registry_runtime: embedded. Remove it, or choose that runtime',
  }));
  const unknown = versioned
    .filter(({ only, path }) => only !== distribution.major && valueAt(vars, path) !== undefined)
    .map(({ path, key }) => ({
      path,
      message: `distribution ${distribution.version} does not support ${key}. Remove it, or set registry_distribution_version`,
    }));
  return [
    ...embedded,
    ...unknown,
    ...combinations(instance),
    ...authErrors(instance),
    ...nfsErrors(instance),
    ...timerErrors(instance),
  ];
}

function combinations({ vars, distribution, readOnly }: RegistryInstance): readonly SettingError[] {
  const drivers = (['filesystem', 's3', 'swift', 'inmemory'] as const).filter((name) =>
    isGiven(vars[`registry_${name}`]),
  );
  const { registry_cache: cache, registry_redis: redis, registry_proxy: proxy, registry_s3: s3 } = vars;
  const checks: readonly (readonly [boolean, readonly string[], string])[] = [
    [
      drivers.length > 1,
      [drivers[1] ?? ''],
      `cannot be used with registry_${drivers[0]}: a registry has one storage. Remove one of them`,
    ],
    [
      redis !== undefined && redis.addrs.length > 1 && distribution.major === 2,
      ['redis', 'addrs'],
      'distribution 2.x supports one address. Give one, or set registry_distribution_version: "3.1"',
    ],
    [cache === 'redis' && redis === undefined, ['cache'], 'needs registry_redis. Give its addrs'],
    [
      proxy !== undefined && cache !== undefined && cache !== 'none',
      ['cache'],
      'cannot be used with registry_proxy: expired blobs would be announced but not served. Remove one of them',
    ],
    [proxy !== undefined && readOnly, ['proxy'], 'a pull-through cache must be writable. Remove registry_read_only'],
    [
      s3 !== undefined && (s3.accesskey === undefined) !== (s3.secretkey === undefined),
      ['s3'],
      'needs accesskey and secretkey, or neither',
    ],
  ];
  return checks.filter(([wrong]) => wrong).map(([, path, message]) => ({ path, message }));
}

/** Settings of docker-registry that the embedded one has as well. */
const shared = ['headers', 'notifications', 'proxy'];

/** Returns an error for each setting of docker-registry that the embedded one has not. */
function notEmbedded({ vars }: RegistryInstance): readonly SettingError[] {
  const others = givenOf(settingVars, vars).filter((name) => !shared.includes(name));
  return others.map((name) => ({
    path: [name],
    message: 'not supported with registry_runtime: embedded. Remove it, or choose another runtime',
  }));
}

/** Returns the names, without `registry_`, of the variables that have another value than their default. */
function givenOf(schemas: Readonly<Record<string, z.ZodType>>, vars: RegistryInstance['vars']): readonly string[] {
  return Object.entries(schemas).flatMap(([name, schema]) => {
    const short = name.replace('registry_', '');
    const same = JSON.stringify(valueAt(vars, [short])) === JSON.stringify(schema.safeParse(undefined).data);
    return same ? [] : [short];
  });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function valueAt(vars: object, [first = '', ...rest]: readonly string[]): unknown {
  let value: unknown = Reflect.get(vars, `registry_${first}`);
  for (const step of rest) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
