import { isRecord } from '../../model/is-record.js';

/** Effect of an upgrade from distribution 2.x to 3.x on a configuration. */
export interface UpgradeFinding {
  /** `breaks`: it does not start, or not all images can be had; `changes`: it works otherwise than before; `note`: good to know. */
  readonly level: 'breaks' | 'changes' | 'note';
  /** The key it is about: `redis.addr`; empty for what is about the program. */
  readonly key: string;
  readonly message: string;
  /** Setting or action to use instead. */
  readonly instead?: string;
}

interface Rule extends UpgradeFinding {
  /** Returns true where the rule applies to the value of its key; default: wherever the key is there. */
  readonly applies?: (value: unknown, config: unknown) => boolean;
}

const rules: readonly Rule[] = [
  ...['swift', 'oss'].map(
    (driver): Rule => ({
      level: 'breaks',
      key: `storage.${driver}`,
      message: `3.x has no driver ${driver}`,
      instead: 'copy the images to a registry with another storage first (`provision registry copy`, image-sync)',
    }),
  ),
  {
    level: 'breaks',
    key: 'storage.s3.regionendpoint',
    message: '3.x addresses the bucket by a host name of its own',
    instead: 'storage.s3.forcepathstyle: true',
    applies: (_value, config) => valueAt(config, 'storage.s3.forcepathstyle') !== true,
  },
  {
    level: 'breaks',
    key: 'redis.addr',
    message: 'unknown to 3.x, which then runs without redis',
    instead: 'redis.addrs, a list',
  },
  { level: 'changes', key: 'redis.pool.maxidle', message: 'ignored by 3.x', instead: 'redis.maxidleconns' },
  { level: 'changes', key: 'redis.pool.maxactive', message: 'ignored by 3.x', instead: 'redis.poolsize' },
  { level: 'changes', key: 'redis.pool.idletimeout', message: 'ignored by 3.x', instead: 'redis.connmaxidletime' },
  {
    level: 'breaks',
    key: 'compatibility.schema1',
    message: '3.x neither takes nor serves images of schema 1',
    instead: 'build these images anew, or leave them out; they are listed below',
  },
  {
    level: 'changes',
    key: 'validation.enabled',
    message: '3.x validates by default',
    instead: 'validation.disabled: true, or nothing',
  },
  { level: 'changes', key: 'reporting', message: '3.x reports to nobody: bugsnag and newrelic are gone' },
  {
    level: 'breaks',
    key: 'storage.cache',
    message: 'together with `proxy`, expired blobs are announced but not served (2.x and 3.x)',
    instead: 'no storage.cache beside proxy',
    applies: (_value, config) => valueAt(config, 'proxy.remoteurl') !== undefined,
  },
  {
    level: 'breaks',
    key: 'storage.maintenance.uploadpurging',
    message: 'all four keys have to be there: enabled, age, interval, dryrun',
    applies: (value) =>
      isRecord(value) &&
      value.enabled !== false &&
      ['enabled', 'age', 'interval', 'dryrun'].some((key) => !(key in value)),
  },
  {
    level: 'breaks',
    key: 'auth.htpasswd.path',
    message: "is a folder, as Debian's package ships it: no account is in it",
    instead: 'the path of a file of accounts (bcrypt)',
    applies: (value) => value === '/etc/docker/registry',
  },
];

/**
 * Lists what would break, and what would change, if a registry with this configuration were upgraded.
 *
 * @param config the parsed config.yml
 * @param to the version to upgrade to: `3.0`, `3.1.1`
 */
export function upgradeFindings(config: unknown, to: string): readonly UpgradeFinding[] {
  const found = rules
    .filter(({ key, applies }) => {
      const value = valueAt(config, key);
      return value !== undefined && (applies === undefined || applies(value, config));
    })
    .map(({ applies: _, ...finding }) => finding);
  return [...found, ...programFindings(config, to)];
}

function programFindings(config: unknown, to: string): readonly UpgradeFinding[] {
  const [, minor = 0, patch = Number.POSITIVE_INFINITY] = to.split('.').map(Number);
  const mended = minor > 1 || (minor === 1 && patch >= 1);
  const deletes = valueAt(config, 'storage.delete.enabled') === true;
  return [
    ...(deletes || mended
      ? []
      : [
          {
            level: 'breaks',
            key: 'storage.delete.enabled',
            message: 'before 3.1.1, tags can be deleted although this is off (CVE-2026-41888)',
            instead: 'upgrade to 3.1.1 or later',
          } as const,
        ]),
    {
      level: 'note',
      key: '',
      message: 'the image of 3.x reads /etc/distribution/config.yml, not /etc/docker/registry/config.yml',
      instead: 'mount it there, or name it as an argument',
    },
    {
      level: 'note',
      key: '',
      message: '3.x sends traces to localhost:4318 by default',
      instead: 'OTEL_TRACES_EXPORTER=none in its environment',
    },
    {
      level: 'note',
      key: '',
      message: 'variables REGISTRY_… in its environment override the file; they are not checked here',
    },
  ];
}

function valueAt(config: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), config);
}
