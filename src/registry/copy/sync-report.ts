import type { Digest } from '../digest.js';
import type { RegistryErrorKind } from '../registry-error.js';

/** Result of one image; `planned` only for a check, which changes nothing. */
export interface ImageResult {
  /** `repository:tag` at the target. */
  readonly name: string;
  readonly state: 'unchanged' | 'copied' | 'updated' | 'pruned' | 'failed' | 'planned';
  /** Of what is only `planned`: what would become of it. */
  readonly planned?: 'copied' | 'updated' | 'pruned';
  readonly digest?: Digest | undefined;
  /** Bytes of blobs that were uploaded for it. */
  readonly bytes: number;
  /** Blobs that were mounted instead. */
  readonly mounted: number;
  /** Requests made for it alone. */
  readonly requests: number;
  readonly error?: ImageError | undefined;
  /** Image of which it is an attachment that failed, by its name: it has a result of its own. */
  readonly attachedTo?: string | undefined;
}

export interface ImageError {
  readonly kind: RegistryErrorKind;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly status?: number | undefined;
}

/** Result of a sync to one target. */
export interface SyncReport {
  readonly source: string;
  readonly target: string;
  readonly images: readonly ImageResult[];
  /** Notices: digests that changed, entries of the list that matched nothing. */
  readonly notices: readonly string[];
  readonly totals: {
    /** Without attachments, which count only where they failed. */
    readonly images: number;
    readonly unchanged: number;
    readonly copied: number;
    readonly updated: number;
    readonly pruned: number;
    readonly failed: number;
    /** Of those that failed, the attachments. */
    readonly failedAttachments: number;
    readonly planned: number;
    /** Bytes of blobs brought to the target. */
    readonly bytes: number;
    readonly requestsToSource: number;
    readonly requestsToTarget: number;
    /** Of the latter, those that verified what had been written. */
    readonly requestsToVerify: number;
    readonly seconds: number;
  };
}

/** Counts what became of images. */
export function totalsOf(images: readonly ImageResult[]) {
  const count = (state: ImageResult['state']) => images.filter((image) => image.state === state).length;
  const failedAttachments = images.filter(({ attachedTo }) => attachedTo !== undefined).length;
  return {
    images: images.length - failedAttachments,
    unchanged: count('unchanged'),
    copied: count('copied'),
    updated: count('updated'),
    pruned: count('pruned'),
    failed: count('failed'),
    failedAttachments,
    planned: count('planned'),
    bytes: images.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
