import type { Place } from '../../diagnostics/diagnostic.js';
import type { AttachmentsMode } from '../attachments-mode.js';
import type { Digest } from '../digest.js';
import type { RegistryError } from '../registry-error.js';

/** One image that the target is to have: a tag or digest of a repository at a source, and where it goes. */
export interface WantedImage {
  /** Name of the source; nothing: the one that the sync names. */
  readonly source: string | undefined;
  readonly repository: string;
  /** At least one of both; with both, the digest is what is fetched. */
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
  readonly targetRepository: string;
  /** The only one of the sync's targets that it goes to; nothing: all of them. */
  readonly targetRegistry?: string | undefined;
  /** Nothing: it is there by its digest alone. */
  readonly targetTag: string | undefined;
  /** `os/arch[/variant]`; nothing: all of an index. */
  readonly platforms: readonly string[] | undefined;
  readonly attachments: AttachmentsMode;
  /** True for a tag that never moves: what the target has under it is right, and the source isn't asked. */
  readonly isImmutable?: boolean;
  readonly place: Place | undefined;
}

/** Entry that names no image: nothing matches it, or what it chooses from can't be listed. */
export interface UnmatchedEntry extends Pick<WantedImage, 'targetRegistry' | 'place'> {
  /** `team/web:*`, at the target. */
  readonly name: string;
  readonly error: RegistryError;
}

/** A list, with its patterns resolved. */
export interface ResolvedList {
  readonly images: readonly WantedImage[];
  /** The run continues without these entries, and reports each as a failed image. */
  readonly unmatched: readonly UnmatchedEntry[];
}

/** Returns the name of an image at the target, as reports have it. */
export function targetNameOf({ targetRepository, targetTag, digest }: WantedImage): string {
  return targetTag === undefined ? `${targetRepository}@${digest ?? ''}` : `${targetRepository}:${targetTag}`;
}

/** Returns true for an image that goes to a registry. */
export function goesTo({ targetRegistry }: Pick<WantedImage, 'targetRegistry'>, registry: string): boolean {
  return targetRegistry === undefined || targetRegistry === registry;
}

/** Returns the name of an image at its source. */
export function sourceNameOf({ repository, tag, digest }: WantedImage): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Returns the tag or digest to request from the source. */
export function referenceOf({ tag, digest }: WantedImage): string {
  return digest ?? tag ?? 'latest';
}
