import type { Digest } from '../digest.js';
import type { Descriptor, RawManifest } from '../manifest.js';
import type { RegistryError } from '../registry-error.js';
import type { BlobName } from '../source.js';
import type { WantedImage } from './wanted-image.js';

/** A manifest to be written, once all it names is there. */
export interface ManifestStep {
  readonly raw: RawManifest;
  readonly kind: 'image' | 'index';
  /** Blobs that must be in the repository before it. */
  readonly blobs: readonly BlobName[];
  /** Manifests that must be in the repository before it. */
  readonly children: readonly Digest[];
  /** Tag it is written under; nothing: by its digest. */
  readonly tag: string | undefined;
  /** It points at another: where the server doesn't keep track (no OCI-Subject), the fallback tag is written too. */
  readonly subject: Descriptor | undefined;
  readonly descriptor: Descriptor;
  /** Tag or digest of the attachment that it is, or belongs to; undefined for the image's own. */
  readonly attachment?: string | undefined;
}

/** Something attached to an image that could not be read. The image is copied without it. */
export interface LostAttachment {
  /** A tag or a digest. */
  readonly reference: string;
  readonly error: RegistryError;
}

/** Plan for one image of the list. */
export type ImagePlan = {
  readonly image: WantedImage;
  /** `repository:tag` at the target. */
  readonly name: string;
  /** Default: none. */
  readonly lost?: readonly LostAttachment[];
} & (
  | { readonly state: 'unchanged'; readonly digest: Digest; readonly mediaType: string }
  | {
      readonly state: 'missing' | 'differs';
      readonly digest: Digest;
      /** Digest that the target has now. */
      readonly before: Digest | undefined;
      /** In the order in which they can be written: what is pointed at first, the tag last. */
      readonly manifests: readonly ManifestStep[];
      /** Notes for the report: `2 of 8 platforms: the digest is not the source's (sha256:…)`. */
      readonly notes: readonly string[];
    }
  | { readonly state: 'failed'; readonly error: RegistryError }
);

/** Content to bring to the target: uploaded to one repository, mounted from there into the others. */
export interface BlobPlan {
  readonly blob: BlobName;
  /** Source to fetch it from. */
  readonly source: string | undefined;
  readonly sourceRepository: string;
  /** Repository it is uploaded to; nothing: the target has it. */
  readonly upload: string | undefined;
  /** Repository it is mounted from, and those it is mounted into. */
  readonly mountFrom: string | undefined;
  readonly mounts: readonly string[];
}

/** All that a sync will do, before anything is done. */
export interface SyncPlan {
  readonly images: readonly ImagePlan[];
  readonly blobs: readonly BlobPlan[];
  readonly prunes: readonly Prune[];
  readonly totals: {
    readonly uploads: number;
    readonly mounts: number;
    readonly manifests: number;
    /** Bytes to be uploaded. */
    readonly bytes: number;
    /** Requests that looked for what was attached to unchanged images since they were copied. */
    readonly requestsForAttachments: number;
  };
  /** Notices to read before agreeing to the plan, a line each. */
  readonly notices: readonly string[];
}

/** A tag of the target that is no longer in the list. */
export interface Prune {
  readonly repository: string;
  readonly tag: string;
}
