import type { ImageRedirect, ManifestRedirect, Redirect } from './redirect.js';

/** Redirects that are served, by their names: those of version 1 in a table of their own, as Crane had them. */
export interface RedirectTables {
  readonly images: ReadonlyMap<string, ImageRedirect>;
  readonly manifests: ReadonlyMap<string, ManifestRedirect>;
  /** Redirects of version 1 that have an image, by its id; in the order of their names. */
  readonly holders: ReadonlyMap<string, readonly ImageRedirect[]>;
}

/** Redirect with the file that it was read from. */
export interface PlacedRedirect {
  readonly path: string;
  readonly redirect: Redirect;
}

/** Tables without a redirect. */
export const noRedirects: RedirectTables = { images: new Map(), manifests: new Map(), holders: new Map() };

/**
 * Makes the tables of redirects that come in the order of their paths: of two with one name, the first counts.
 * @param twice receives the two
 */
export function tablesOf(
  redirects: readonly PlacedRedirect[],
  twice: (first: PlacedRedirect, second: PlacedRedirect) => void,
): RedirectTables {
  const images = new Map<string, ImageRedirect>();
  const manifests = new Map<string, ManifestRedirect>();
  const firsts = new Map<string, PlacedRedirect>();
  for (const placed of redirects) {
    const { redirect } = placed;
    const key = `${redirect.version === 1 ? 'images' : 'manifests'} ${redirect.name}`;
    const first = firsts.get(key);
    if (first !== undefined) {
      twice(first, placed);
      continue;
    }
    firsts.set(key, placed);
    if (redirect.version === 1) images.set(redirect.name, redirect);
    else manifests.set(redirect.name, redirect);
  }
  return { images, manifests, holders: holdersOf(images) };
}

function holdersOf(images: ReadonlyMap<string, ImageRedirect>): Map<string, ImageRedirect[]> {
  const holders = new Map<string, ImageRedirect[]>();
  for (const name of [...images.keys()].sort()) {
    const redirect = images.get(name);
    for (const id of new Set(redirect?.images)) {
      const known = holders.get(id);
      if (redirect === undefined) continue;
      if (known === undefined) holders.set(id, [redirect]);
      else known.push(redirect);
    }
  }
  return holders;
}
