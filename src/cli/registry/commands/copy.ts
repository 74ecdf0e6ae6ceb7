import { copyImage } from '../../../registry/copy/copy-image.js';
import { resultLines } from '../../images/report-text.js';
import { openTarget, type RegistryRequest } from '../registry-options.js';
import { explicitFor, print, withEnding } from '../run-action.js';
import { parseTarget } from '../target.js';

export interface CopyRequest extends RegistryRequest {
  readonly platform: readonly string[];
  readonly attachments: 'all' | 'none';
}

/** `provision registry copy`: one image, with what hangs on it, to another repository or registry. */
export function copyAction(from: string, to: string, request: CopyRequest): Promise<number> {
  return withEnding(request, async (signal) => {
    const [source, target] = [parseTarget(from, 'image'), parseTarget(to, 'image')];
    const explicit = await explicitFor(target, request);
    const reading = await openTarget(source, request, { signal, explicit });
    const writing = await openTarget(target, request, { signal, explicit });
    try {
      const report = await copyImage({
        source: reading,
        repository: source.repository ?? '',
        tag: source.tag ?? (source.digest === undefined ? 'latest' : undefined),
        digest: source.digest,
        target: writing,
        targetRepository: target.repository ?? '',
        targetTag: target.tag,
        platforms: request.platform.length === 0 ? undefined : request.platform,
        attachments: request.attachments,
      });
      print(request, report, [...report.notices, ...report.images.flatMap((image) => resultLines(image, true))]);
      return report.totals.failed > 0 ? 2 : 0;
    } finally {
      await Promise.all([reading.close(), writing.close()]);
    }
  });
}
