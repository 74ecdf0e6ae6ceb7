import { readFileSync } from 'node:fs';
import { parseAddress, type RegistryAddress } from '../../registry/address.js';
import { type OpenedRegistry, openRegistry } from '../../registry/client/open.js';
import type { RegistryTrust } from '../../registry/client/registry.js';
import type { ImageList, WantedImages } from '../../registry/lists/image-list.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageSource } from '../../registry/source.js';
import type { SyncRequest } from './sync-request.js';

/** Both sides of a sync, ready to be asked. */
export interface Sides {
  /** The list, with the prefixes of both sides put before its repositories. */
  readonly wanted: readonly WantedImages[];
  readonly sourceOf: (name: string | undefined) => ImageSource;
  readonly targets: readonly OpenedRegistry[];
  close(): Promise<void>;
}

/** Opens what a sync goes between. @throws RegistryError `input` when a side isn't said, or said wrong */
export async function openSides(request: SyncRequest, list: ImageList, signal: AbortSignal): Promise<Sides> {
  const from = request.from === undefined ? undefined : parseAddress(request.from);
  const to = targetsOf(request, list);
  const [prefix, ...others] = new Set(to.map((address) => address.prefix));
  if (others.length > 0) throw new RegistryError('input', 'targets with different prefixes need a run each');
  const authorities = authoritiesOf(request.ca);
  const { credentialsFrom } = await import('../../registry/auth/credentials.js');
  const credentials = credentialsFrom({
    env: process.env,
    explicit: list.credentials,
    ...(request.authfile === undefined ? {} : { authFiles: [request.authfile] }),
  });
  const { trustFromFolders } = await import('../../registry/auth/trust-folders.js');
  const open = ({ host, scheme }: Pick<RegistryAddress, 'host' | 'scheme'>): OpenedRegistry => {
    const ca = authorities.get(host) ?? authorities.get('');
    const trust: Partial<RegistryTrust> = {
      ...trustFromFolders(host),
      ...list.trust.get(host),
      ...(scheme === undefined ? {} : { scheme }),
      ...(ca === undefined ? {} : { ca }),
      ...(request.insecure ? { verify: false } : {}),
    };
    return openRegistry({
      host,
      trust,
      credentials: (repository) => credentials(host, repository),
      signal,
      limiter: {
        ...(request.connections === undefined ? {} : { most: request.connections }),
        ...(request.rate === undefined ? {} : { perSecond: request.rate }),
      },
    });
  };
  const sources = new Map<string, ImageSource>();
  const sourceOf = (name: string | undefined): ImageSource => {
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
  const targets = to.map(open);
  return {
    wanted: list.wanted.map((entry) => withPrefixes(entry, from?.prefix ?? '', prefix ?? '')),
    sourceOf,
    targets,
    async close() {
      await Promise.all([...sources.values(), ...targets].map((side) => side.close()));
    },
  };
}

function targetsOf({ to }: SyncRequest, list: ImageList): RegistryAddress[] {
  if (to.length > 0) return to.map(parseAddress);
  const named = [...new Set(list.wanted.map(({ targetRegistry }) => targetRegistry))];
  const [only] = named;
  if (named.length === 1 && only !== undefined) return [parseAddress(only)];
  throw new RegistryError('input', 'where do the images go?', {
    hint: 'give --to REGISTRY (several times for several)',
  });
}

function withPrefixes(entry: WantedImages, from: string, to: string): WantedImages {
  const before = (prefix: string, path: string) => (prefix === '' ? path : `${prefix}/${path}`);
  const own = entry.source === undefined && typeof entry.repository === 'string';
  return {
    ...entry,
    repository: own && typeof entry.repository === 'string' ? before(from, entry.repository) : entry.repository,
    target: before(to, entry.target),
  };
}

function authoritiesOf(arguments_: readonly string[]): Map<string, string> {
  return new Map(
    arguments_.map((argument) => {
      const [, registry = '', path = ''] = /^(?:([^=/]+)=)?(.*)$/.exec(argument) ?? [];
      try {
        return [registry, readFileSync(path, 'utf8')];
      } catch (error) {
        throw new RegistryError('input', `--ca ${argument}: ${(error as Error).message}`);
      }
    }),
  );
}
