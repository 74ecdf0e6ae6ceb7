import type { Digest } from '../../registry/digest.js';
import type { LayoutKind } from './publication.js';

/** Version of the redirect file that a tree of Pulp 2's is for. */
export type TreeVersion = 2 | 3 | 4;

/** Kind of a manifest, by which some layouts have folders. */
export type ManifestKind = 'image' | 'index';

/** Keys of a repository whose images have manifests. */
export interface V2Places {
  readonly kind: LayoutKind;
  /** Beginning of all of its keys, with a slash. */
  readonly prefix: string;
  readonly tagList: string;
  /** Folders of manifests, with a slash at their ends, those of indexes first. */
  readonly manifestFolders: readonly string[];
  manifest(reference: string, kind: ManifestKind): string;
  blob(digest: Digest): string;
  /** Key of the list of what points at a manifest; undefined where nobody would ask for it. */
  referrers(digest: Digest): string | undefined;
}

/** Returns the keys of a registry without a server: the paths of the distribution specification. */
export function staticPlaces(name: string): V2Places {
  const prefix = `v2/${name}/`;
  return {
    kind: 'static',
    prefix,
    tagList: `${prefix}tags/list`,
    manifestFolders: [`${prefix}manifests/`],
    manifest: (reference) => `${prefix}manifests/${reference}`,
    blob: (digest) => `${prefix}blobs/${digest}`,
    referrers: (digest) => `${prefix}referrers/${digest}`,
  };
}

/**
 * Returns the keys of the tree that Pulp 2 publishes for Crane. Before 2.4 it had one folder for manifests (redirect files of
 * version 2), then one for each schema (3), then one for lists as well (4).
 */
export function pulpPlaces(app: string, version: TreeVersion): V2Places {
  const prefix = `${app}/`;
  const folders = version === 2 ? [''] : version === 3 ? ['2/'] : ['list/', '2/'];
  const folderOf = (kind: ManifestKind) => (version === 2 ? '' : kind === 'index' ? 'list/' : '2/');
  return {
    kind: 'pulp',
    prefix,
    tagList: `${prefix}tags/list`,
    manifestFolders: folders.map((folder) => `${prefix}manifests/${folder}`),
    manifest: (reference, kind) => `${prefix}manifests/${folderOf(kind)}${reference}`,
    blob: (digest) => `${prefix}blobs/${digest}`,
    referrers: () => undefined,
  };
}
