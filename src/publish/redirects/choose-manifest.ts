import { mediaTypes } from '../../registry/media-types.js';
import type { ManifestRedirect } from './redirect.js';

/** Place of a manifest below the address of its repository. */
export interface ChosenManifest {
  /** `manifests/2/latest` */
  readonly path: string;
}

const { dockerList, dockerManifest, ociIndex, ociManifest } = mediaTypes;

/** Returns the types that an Accept header names, without parameters. No pattern is expanded, as Crane expanded none. */
export function acceptedTypes(header: string | undefined): ReadonlySet<string> {
  const types = (header ?? '').split(',').map((type) => (type.split(';', 1)[0] ?? '').trim());
  return new Set(types.filter((type) => type !== ''));
}

/**
 * Chooses the manifest that a client gets for a tag or digest, by what it accepts: the list, schema 2, or schema 1. OCI's types
 * count as docker's: Crane knew docker's alone, but containerd accepts just the type that the index gives a manifest.
 */
export function chooseManifest(
  redirect: ManifestRedirect,
  reference: string,
  accepted: ReadonlySet<string>,
): ChosenManifest {
  if (redirect.version === 2) return { path: `manifests/${reference}` };
  const { schema2, lists, amd64Tags } = redirect;
  const takesLists = accepted.has(dockerList) || accepted.has(ociIndex);
  const takesManifests = accepted.has(dockerManifest) || accepted.has(ociManifest);
  const at = (version: 1 | 2, ref: string) => ({ path: `manifests/${version}/${ref}` });
  if (takesLists && lists.includes(reference)) return { path: `manifests/list/${reference}` };
  const amd64 = Object.hasOwn(amd64Tags, reference) ? amd64Tags[reference] : undefined;
  if (amd64 !== undefined && (schema2.length > 0 || lists.length > 0)) {
    const [digest, version] = amd64;
    if (takesManifests) return at(version, digest);
    return at(1, version === 1 ? digest : reference);
  }
  return at(takesManifests && schema2.includes(reference) ? 2 : 1, reference);
}
