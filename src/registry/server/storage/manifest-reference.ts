import type { Digest } from '../../digest.js';

/** Reference of a manifest in a path: a tag or a digest (distribution-spec, `<reference>`). */
export type ManifestReference =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'digest'; readonly digest: Digest };
