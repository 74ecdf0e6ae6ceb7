import type { Place } from '../../diagnostics/diagnostic.js';
import type { AttachmentsMode } from '../attachments-mode.js';
import type { RegistryCredentials, RegistryTrust } from '../client/registry.js';
import type { Digest } from '../digest.js';
import type { WrittenLimits } from '../registry-limits.js';

/** Images to copy, whatever format they were written in. */
export interface ImageList {
  readonly wanted: readonly WantedImages[];
  /**
   * Options to reach registries, where the list gives them (skopeo's `tls-verify`, regsync's `creds`), by `host:port`.
   */
  readonly trust: ReadonlyMap<string, Partial<RegistryTrust>>;
  readonly credentials: ReadonlyMap<string, RegistryCredentials>;
  /** Limits of what is asked of registries. Default: none. */
  readonly limits?: WrittenLimits;
  /** Notices about keys of the list that are ignored, a line each. */
  readonly notices: readonly string[];
  /** True for a list that is worked out from a template of TripleO's: substitutions and a template mean something to it. */
  readonly takesSubstitutions?: boolean;
}

/** Images of one repository, or of all repositories of a catalogue that match. */
export interface WantedImages {
  /** Registry they come from; nothing: the one that the sync names. */
  readonly source: string | undefined;
  /** `team/web`; or which of the source's repositories, when the catalogue is to be asked. */
  readonly repository: string | { readonly allow: readonly Pattern[]; readonly deny: readonly Pattern[] };
  /** Repository at the target. `{repository}` stands for the source's (only useful with a catalogue); default: the same. */
  readonly target: string;
  /** True where the list says what it is called at the target; else that follows the name at the source. */
  readonly isTargetGiven?: true;
  /** Registry they go to, where the list says so; nothing: the one that the sync names. */
  readonly targetRegistry: string | undefined;
  /** Tags and digests by name. */
  readonly tags: readonly WantedTag[];
  /** Tags by pattern: needs the repository's tags listed. */
  readonly patterns: TagPatterns | undefined;
  /** `os/arch[/variant]`; nothing: all. */
  readonly platforms: readonly string[] | undefined;
  /** Signatures, attestations, SBOMs: cosign's tags and OCI referrers. Default `all`. */
  readonly attachments: AttachmentsMode | undefined;
  /** Tags that never move. */
  readonly immutable?: readonly Pattern[] | undefined;
  readonly place: Place | undefined;
}

/** One image by name: a tag, or a digest, or the digest that a tag is to get. */
export interface WantedTag {
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
  /** Tag at the target; default: the same tag, and none for a digest alone. */
  readonly targetTag: string | undefined;
  /** Label of the image under this tag that names the tag to copy, or several in braces: `{version}-{release}`. */
  readonly tagFromLabel?: string;
}

export type Pattern =
  | { readonly kind: 'glob'; readonly glob: string }
  /** Anchored at both ends unless `search`, as skopeo's are. */
  | { readonly kind: 'regex'; readonly source: string; readonly search?: boolean };

/**
 * Choice of tags: those that match an `allow` (all when there is none) and are in the range, but no `deny`; of these
 * the newest N.
 */
export interface TagPatterns {
  readonly allow: readonly Pattern[];
  readonly deny: readonly Pattern[];
  /** A range in npm's words, `>=1.2 <2`; `v1.2.3` counts as 1.2.3. */
  readonly semver: string | undefined;
  /** Keep the N highest by version order, others by natural order. */
  readonly latest: number | undefined;
  /** Keep the N whose images were made last, by the date in their configuration. */
  readonly newest?: number | undefined;
}
