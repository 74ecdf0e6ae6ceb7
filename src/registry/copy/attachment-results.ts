import type { LostAttachment } from '../plan/sync-plan.js';
import { targetNameOf, type WantedImage } from '../plan/wanted-image.js';
import type { ImageResult } from './sync-report.js';

/** Makes the results of what is attached to an image and could not be copied; the image has its own result. */
export function attachmentResults(image: WantedImage, lost: readonly LostAttachment[] = []): ImageResult[] {
  return lost.map(({ reference, error: { kind, message, hint, status } }) => ({
    name: `${image.targetRepository}${reference.includes(':') ? '@' : ':'}${reference}`,
    state: 'failed',
    attachedTo: targetNameOf(image),
    bytes: 0,
    mounted: 0,
    requests: 0,
    error: {
      kind,
      message: `${message} (it is attached to ${targetNameOf(image)})`,
      hint: hint ?? 'give --attachments none (`attachments: none`) to copy images without what is attached to them',
      status,
    },
  }));
}

/** Keeps the first result of a name: what is attached to an image with two tags would be told twice. */
export function uniqueByName(results: readonly ImageResult[]): ImageResult[] {
  return [...new Map(results.toReversed().map((result) => [result.name, result])).values()].reverse();
}
