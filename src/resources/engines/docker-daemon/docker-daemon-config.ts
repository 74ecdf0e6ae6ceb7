import { z } from 'zod';
import type { DockerFlag } from '../docker-flags.js';
import { keyOfFlag } from '../docker-flags.js';

/** Reads the keys of a daemon.json; undefined for a text that is not a JSON object. A missing file counts as empty. */
export function daemonKeys(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text?.trim() || '{}'));
  } catch {
    return undefined;
  }
}

/** Converts flags to the keys of daemon.json: lists are gathered under their key. */
export function keysOfFlags(flags: readonly DockerFlag[]): Readonly<Record<string, unknown>> {
  const keys: Record<string, unknown> = {};
  for (const { name, value } of flags) {
    const key = keyOfFlag(name);
    const before = keys[key];
    if (key !== name) keys[key] = Array.isArray(before) ? [...before, value] : [value];
    else keys[key] = value === 'true' || value === 'false' ? value === 'true' : value;
  }
  return keys;
}

const list = z.array(z.string()).nullish();

/** Part of `docker info` that shows the configuration; fields differ between docker 1.13 and today's. */
export const dockerInfoSchema = z.object({
  ServerVersion: z.string().optional(),
  LoggingDriver: z.string().optional(),
  LiveRestoreEnabled: z.boolean().optional(),
  Debug: z.boolean().optional(),
  Labels: list,
  RegistryConfig: z
    .object({
      InsecureRegistryCIDRs: list,
      Mirrors: list,
      IndexConfigs: z.record(z.string(), z.object({ Secure: z.boolean() })).nullish(),
    })
    .nullish(),
});

export type DockerInfo = z.output<typeof dockerInfoSchema>;

/** View of a key of daemon.json in a running daemon. */
export interface VisibleKey {
  /** dockerd applies it on a reload. */
  readonly live: boolean;
  /** Value in the daemon, and the look that a value in the file should have there, as texts to be compared. */
  held(info: DockerInfo): string;
  expected(value: unknown): string;
}

/** Keys that `docker info` shows. The effect of other keys can't be read from a running daemon. */
export const visibleKeys: Readonly<Record<string, VisibleKey>> = {
  'insecure-registries': {
    live: true,
    held: ({ RegistryConfig }) => {
      const indexes = Object.entries(RegistryConfig?.IndexConfigs ?? {});
      const names = indexes.filter(([, { Secure }]) => !Secure).map(([name]) => name);
      return registriesText([...names, ...(RegistryConfig?.InsecureRegistryCIDRs ?? [])]);
    },
    expected: (value) => registriesText(textsIn(value)),
  },
  'registry-mirrors': {
    live: true,
    held: ({ RegistryConfig }) => mirrorsText(RegistryConfig?.Mirrors ?? []),
    expected: (value) => mirrorsText(textsIn(value)),
  },
  'live-restore': {
    live: true,
    held: ({ LiveRestoreEnabled }) => String(LiveRestoreEnabled ?? false),
    expected: String,
  },
  debug: { live: true, held: ({ Debug }) => String(Debug ?? false), expected: String },
  labels: {
    live: true,
    held: ({ Labels }) => [...(Labels ?? [])].sort().join(' '),
    expected: (value) => textsIn(value).sort().join(' '),
  },
  'log-driver': { live: false, held: ({ LoggingDriver }) => LoggingDriver ?? '', expected: String },
};

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Loopback networks, which are always insecure. */
const always = ['127.0.0.0/8', '::1/128'];

function registriesText(registries: readonly string[]): string {
  const names = registries.map((each) => network(each.replace(/^https?:\/\//i, '').toLowerCase()));
  return [...new Set(names)]
    .filter((each) => !always.includes(each))
    .sort()
    .join(' ');
}

function mirrorsText(mirrors: readonly string[]): string {
  return mirrors.map((mirror) => `${mirror.replace(/(?<!\/)\/+$/, '')}/`).join(' ');
}

/** Formats a network as docker does: bits of the host are zero. Other texts stay as they are. */
function network(text: string): string {
  const [, address, length] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text) ?? [];
  if (address === undefined || length === undefined) return text;
  const bytes = address.split('.').map((byte, index) => {
    const bits = Math.min(Math.max(Number(length) - index * 8, 0), 8);
    return Number(byte) & (0xff << (8 - bits)) & 0xff;
  });
  return `${bytes.join('.')}/${length}`;
}
