import type { V2Places } from '../layouts/v2-places.js';
import type { ManifestRedirect } from '../redirects/redirect.js';

/**
 * Leaves in a redirect file what is still there.
 * @param kept keys of a store, at least those of the manifests
 * @returns undefined where no manifest is there
 */
export function keptRedirect(
  redirect: ManifestRedirect,
  places: V2Places,
  kept: ReadonlyMap<string, unknown>,
): ManifestRedirect | undefined {
  const isThere = (kind: 'image' | 'index') => (reference: string) => kept.has(places.manifest(reference, kind));
  const hasAny = [...kept.keys()].some((key) => places.manifestFolders.some((folder) => key.startsWith(folder)));
  if (!hasAny) return undefined;
  if (redirect.version === 2) return redirect;
  const lists = redirect.lists.filter(isThere('index'));
  const amd64Tags = Object.fromEntries(Object.entries(redirect.amd64Tags).filter(([tag]) => lists.includes(tag)));
  return { ...redirect, schema2: redirect.schema2.filter(isThere('image')), lists, amd64Tags };
}
