import { existsSync } from 'node:fs';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { parseAddress, type RegistryAddress } from '../../registry/address.js';
import type { ArchiveSource } from '../../registry/archive/archive-source.js';
import type { OpenedRegistry } from '../../registry/client/open.js';
import { entryAt } from '../../registry/lists/entry-fields.js';
import type { ImageList, WantedImages } from '../../registry/lists/image-list.js';
import { entryText, sendTo } from '../../registry/lists/target-registries.js';
import { repositoryAt } from '../../registry/reference.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageSource } from '../../registry/source.js';
import { note } from '../terminal/note.js';
import { unusedLimits } from './limits.js';
import { makeOpener, type Open, type SourceRequest } from './opener.js';

/** Source and targets of a sync, opened. */
export interface Sides {
  /** Entries of the list, with the prefixes of both sides before their repositories. */
  readonly wanted: readonly WantedImages[];
  readonly sourceOf: (name: string | undefined) => ImageSource;
  readonly targets: readonly OpenedRegistry[];
  close(): Promise<void>;
}

/** Sources of a sync, opened. */
export interface Sources extends Omit<Sides, 'targets'> {
  /** Registries among them, `host[:port]`. */
  readonly hosts: readonly string[];
}

/** Opens the source and the targets of a sync. @throws RegistryError `input` when a side is not given, or is wrong */
export async function openSides(
  request: SourceRequest & { readonly to: readonly string[] },
  list: ImageList,
  signal: AbortSignal,
): Promise<Sides> {
  const to = targetsOf(request, list);
  const [prefix = '', ...others] = new Set(to.map((address) => address.prefix));
  if (others.length > 0)
    throw new RegistryError('input', '--to: the targets have different prefixes: run the command once for each prefix');
  const hosts = to.map(({ host }) => host);
  const sent = { ...list, wanted: sendTo(list.wanted, hosts, new Diagnostics()) };
  const open = await makeOpener(request, list, signal);
  const targets = to.map(open);
  const hub = hosts.find((host) => repositoryAt(host, 'x') !== 'x');
  const sources = await openSources(request, sent, signal, open);
  const unused = unusedLimits(request, new Set([...hosts, ...sources.hosts]));
  if (unused.length > 0) note(`limits are given for ${unused.join(', ')}, which this run does not ask`);
  return {
    ...sources,
    wanted: sources.wanted.map((entry) => ({
      ...entry,
      target: repositoryAt(entry.targetRegistry ?? hub ?? '', below(prefix, entry.target)),
    })),
    targets,
    async close() {
      await Promise.all([sources.close(), ...targets.map((target) => target.close())]);
    },
  };
}

/** Opens the sources of images: registries, or an archive with `--from FILE`. @throws RegistryError `input` */
export async function openSources(
  request: SourceRequest,
  list: ImageList,
  signal: AbortSignal,
  opener?: Open,
): Promise<Sources> {
  const open = opener ?? (await makeOpener(request, list, signal));
  const archive =
    request.from !== undefined && isPath(request.from) ? await archiveAt(request.from, signal) : undefined;
  const from = request.from === undefined || archive !== undefined ? undefined : parseAddress(request.from);
  const sources = new Map<string, ImageSource>();
  const sourceOf = (name: string | undefined): ImageSource => {
    if (name === undefined && archive !== undefined) return archive;
    const address = name === undefined ? from : { host: name, scheme: undefined };
    if (address === undefined) {
      throw new RegistryError('input', 'an entry of the list names no registry, and no --from is given', {
        hint: 'give --from REGISTRY, or write the registry before the name in the list',
      });
    }
    const known = sources.get(address.host) ?? open(address);
    sources.set(address.host, known);
    return known;
  };
  // A wrong name is an error before anything is requested.
  for (const { source } of list.wanted) sourceOf(source);
  return {
    wanted:
      archive === undefined
        ? list.wanted.map((entry) => (entry.source === undefined ? entryBelow(from, entry) : entry))
        : (await import('../../registry/archive/wanted-in.js')).wantedFromArchive(archive, list.wanted),
    sourceOf,
    hosts: [...sources.keys()],
    async close() {
      await Promise.all([...sources.values(), ...(archive === undefined ? [] : [archive])].map((side) => side.close()));
    },
  };
}

/** Returns true for a path rather than a registry: it is written as one, or the file exists. */
function isPath(text: string): boolean {
  return /^[./~]/.test(text) || (!/^https?:/.test(text) && existsSync(text));
}

async function archiveAt(path: string, signal: AbortSignal): Promise<ArchiveSource> {
  const { openArchive } = await import('../../registry/archive/open.js');
  return openArchive(path, { signal });
}

/** Returns an entry that names no registry as the one that it comes from has it. */
function entryBelow(from: RegistryAddress | undefined, entry: WantedImages): WantedImages {
  if (from === undefined || typeof entry.repository !== 'string') return entry;
  if (from.prefix === '') return entryAt(entry, from.host);
  return { ...entry, repository: below(from.prefix, entry.repository) };
}

function below(prefix: string, path: string): string {
  return prefix === '' ? path : `${prefix}/${path}`;
}

function targetsOf({ to }: { readonly to: readonly string[] }, { wanted }: ImageList): RegistryAddress[] {
  if (to.length > 0) return to.map(parseAddress);
  const named = new Set(wanted.flatMap(({ targetRegistry }) => targetRegistry ?? []));
  const without = wanted.find(({ targetRegistry }) => targetRegistry === undefined);
  if (named.size > 0 && without === undefined) return [...named].map(parseAddress);
  const which = named.size === 0 || without === undefined ? '' : `: the list names none for ${entryText(without)}`;
  throw new RegistryError('input', `no target registry is given${which}`, {
    hint: 'give --to REGISTRY (several times for several)',
  });
}
