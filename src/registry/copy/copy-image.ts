import type { AttachmentsMode } from '../attachments-mode.js';
import type { OpenedRegistry } from '../client/open.js';
import type { Digest } from '../digest.js';
import type { ImageSource } from '../source.js';
import { syncImages } from './sync-images.js';
import type { SyncReport } from './sync-report.js';

/** Options of {@link copyImage}. */
export interface CopyOptions {
  readonly source: ImageSource;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
  readonly target: OpenedRegistry;
  readonly targetRepository: string;
  /** Default: the tag it has at the source; none for a digest alone. */
  readonly targetTag: string | undefined;
  /** `os/arch[/variant]`; nothing: all of them, and the digest stays. */
  readonly platforms: readonly string[] | undefined;
  /** Signatures, attestations, SBOMs. */
  readonly attachments: AttachmentsMode;
}

/** Copies one image, with its attachments, as a sync of a list of one does. Its error is in the report. */
export async function copyImage(options: CopyOptions): Promise<SyncReport> {
  const { source, repository, tag, digest, target, targetRepository, targetTag, platforms, attachments } = options;
  const [outcome] = await syncImages({
    wanted: [
      {
        source: undefined,
        repository,
        target: targetRepository,
        targetRegistry: undefined,
        tags: [{ tag, digest, targetTag }],
        patterns: undefined,
        platforms,
        attachments: undefined,
        place: undefined,
      },
    ],
    sourceOf: () => source,
    targets: [target],
    attachments,
  });
  if (outcome === undefined) throw new Error('a sync to one target has one outcome');
  return outcome.report;
}
