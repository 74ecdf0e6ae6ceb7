import { existsSync } from 'node:fs';
import { parseAddress, type RegistryAddress } from '../../registry/address.js';
import { type OpenedRegistry, openRegistry } from '../../registry/client/open.js';
import type { Credentials, RegistryTrust } from '../../registry/client/registry.js';
import { isLoopbackHost } from '../../registry/client/tokens/trust.js';
import type { ImageList, WantedImages } from '../../registry/lists/image-list.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageSource } from '../../registry/source.js';
import { readAuthorities } from '../registry/authorities.js';
import { note } from '../terminal/note.js';

/** Both sides of a sync, ready to be asked. */
export interface Sides {
  /** The list, with the prefixes of both sides put before its repositories. */
  readonly wanted: readonly WantedImages[];
  readonly sourceOf: (name: string | undefined) => ImageSource;
  readonly targets: readonly OpenedRegistry[];
  close(): Promise<void>;
}

/** What says where images come from, and how registries are reached. */
export interface SourceRequest {
  readonly from: string | undefined;
  readonly ca: readonly string[];
  readonly insecure: boolean;
  readonly authfile: string | undefined;
  readonly connections: number | undefined;
  readonly rate: number | undefined;
}

/** Where images come from, ready to be asked. */
export type Sources = Omit<Sides, 'targets'>;

/** Opens what a sync goes between. @throws RegistryError `input` when a side isn't said, or said wrong */
export async function openSides(
  request: SourceRequest & { readonly to: readonly string[] },
  list: ImageList,
  signal: AbortSignal,
): Promise<Sides> {
  const to = targetsOf(request, list);
  const [prefix = '', ...others] = new Set(to.map((address) => address.prefix));
  if (others.length > 0) throw new RegistryError('input', 'targets with different prefixes need a run each');
  const open = await opener(request, list, signal);
  const targets = to.map(open);
  const sources = await openSources(request, list, signal, open);
  return {
    ...sources,
    wanted: sources.wanted.map((entry) => ({ ...entry, target: below(prefix, entry.target) })),
    targets,
    async close() {
      await Promise.all([sources.close(), ...targets.map((target) => target.close())]);
    },
  };
}

type AccountOf = (host: string, repository: string | undefined) => Promise<Credentials | undefined>;

type Open = (address: Pick<RegistryAddress, 'host' | 'scheme'>) => OpenedRegistry;

/** Opens where images come from: registries, or with `--from FILE` an archive. @throws RegistryError `input` */
export async function openSources(
  request: SourceRequest,
  list: ImageList,
  signal: AbortSignal,
  opening?: Open,
): Promise<Sources> {
  const open = opening ?? (await opener(request, list, signal));
  const archive =
    request.from !== undefined && isPath(request.from) ? await archiveAt(request.from, signal) : undefined;
  const from = request.from === undefined || archive !== undefined ? undefined : parseAddress(request.from);
  const sources = new Map<string, ImageSource>();
  const sourceOf = (name: string | undefined): ImageSource => {
    if (name === undefined && archive !== undefined) return archive;
    const address = name === undefined ? from : { host: name, scheme: undefined };
    if (address === undefined) {
      throw new RegistryError('input', 'where do the images come from?', {
        hint: 'give --from REGISTRY, or name it in the list',
      });
    }
    const known = sources.get(address.host) ?? open(address);
    sources.set(address.host, known);
    return known;
  };
  // Said wrong, it is said before anything is asked.
  for (const { source } of list.wanted) sourceOf(source);
  return {
    wanted: list.wanted.map((entry) =>
      entry.source === undefined && typeof entry.repository === 'string'
        ? { ...entry, repository: below(from?.prefix ?? '', entry.repository) }
        : entry,
    ),
    sourceOf,
    async close() {
      await Promise.all([...sources.values(), ...(archive === undefined ? [] : [archive])].map((side) => side.close()));
    },
  };
}

/** A path rather than a registry: it says so, or it is there. */
function isPath(text: string): boolean {
  return /^[./~]/.test(text) || (!/^https?:/.test(text) && existsSync(text));
}

async function archiveAt(path: string, signal: AbortSignal): Promise<ImageSource> {
  const { openArchive } = await import('../../registry/archive/open.js');
  return openArchive(path, { signal });
}

async function opener(request: SourceRequest, list: ImageList, signal: AbortSignal): Promise<Open> {
  const authoritiesOf = readAuthorities(request.ca);
  const { credentialsFrom } = await import('../../registry/auth/credentials.js');
  const credentials = credentialsFrom({
    env: process.env,
    explicit: list.credentials,
    ...(request.authfile === undefined ? {} : { authFiles: [request.authfile] }),
    notice: note,
  });
  const { trustFolders, trustFromFolders } = await import('../../registry/auth/trust-folders.js');
  return ({ host, scheme }) => {
    const ca = authoritiesOf(host);
    const said = scheme !== undefined || request.insecure || isLoopbackHost(host);
    const account = said ? credentials : guardedByTls(list, credentials);
    const trust: Partial<RegistryTrust> = {
      ...trustFromFolders(host, trustFolders(), note),
      ...list.trust.get(host),
      ...(scheme === undefined ? {} : { scheme }),
      ...(ca === undefined ? {} : { ca }),
      ...(request.insecure ? { verify: false } : {}),
    };
    return openRegistry({
      host,
      trust,
      credentials: (repository) => account(host, repository),
      signal,
      notice: note,
      limiter: {
        ...(request.connections === undefined ? {} : { most: request.connections }),
        ...(request.rate === undefined ? {} : { perSecond: request.rate }),
      },
    });
  };
}

/**
 * Accounts without those of the user's own where a list lowers how a registry is reached: whoever wrote it could have them
 * sent in the clear. An account that the list itself brings is the list's business.
 */
function guardedByTls(list: ImageList, credentials: AccountOf): AccountOf {
  let told = false;
  return async (host, repository) => {
    const { scheme, verify } = list.trust.get(host) ?? {};
    const account = await credentials(host, repository);
    const lowered = scheme === 'http' || verify === false;
    if (!lowered || account === undefined || list.credentials.has(host)) return account;
    if (!told) {
      const how = scheme === 'http' ? 'by plain http' : 'with any certificate';
      note(
        `${host} is reached ${how}, as the list says: your account for it is not sent. Give --insecure or http://${host}, or name the account in the list`,
      );
    }
    told = true;
    return undefined;
  };
}

function below(prefix: string, path: string): string {
  return prefix === '' ? path : `${prefix}/${path}`;
}

function targetsOf({ to }: { readonly to: readonly string[] }, list: ImageList): RegistryAddress[] {
  if (to.length > 0) return to.map(parseAddress);
  const named = [...new Set(list.wanted.map(({ targetRegistry }) => targetRegistry))];
  const [only] = named;
  if (named.length === 1 && only !== undefined) return [parseAddress(only)];
  throw new RegistryError('input', 'where do the images go?', {
    hint: 'give --to REGISTRY (several times for several)',
  });
}
