import type { Place } from '../../diagnostics/diagnostic.js';
import type { Digest } from '../digest.js';

/** One image that the target is to have: a tag or digest of a repository at a source, and where it goes. */
export interface WantedImage {
  /** Name of the source; nothing: the one that the sync names. */
  readonly source: string | undefined;
  readonly repository: string;
  /** At least one of both; with both, the digest is what is fetched. */
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
  readonly targetRepository: string;
  /** Nothing: it is there by its digest alone. */
  readonly targetTag: string | undefined;
  /** `os/arch[/variant]`; nothing: all of an index. */
  readonly platforms: readonly string[] | undefined;
  readonly attachments: 'all' | 'none';
  readonly place: Place | undefined;
}

/** As reports name it: how it is called at the target. */
export function targetNameOf({ targetRepository, targetTag, digest }: WantedImage): string {
  return targetTag === undefined ? `${targetRepository}@${digest ?? ''}` : `${targetRepository}:${targetTag}`;
}

/** How it is called at its source. */
export function sourceNameOf({ repository, tag, digest }: WantedImage): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** What its source is asked for. */
export function referenceOf({ tag, digest }: WantedImage): string {
  return digest ?? tag ?? 'latest';
}
