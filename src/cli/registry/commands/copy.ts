import { type Command, Option } from 'commander';
import { type AttachmentsMode, attachmentsModes } from '../../../registry/attachments-mode.js';
import { parseTarget } from '../../../registry/auth/target.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { platforms } from '../../images/common-options.js';
import { resultLines } from '../../images/report-text.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { type Done, registrySubcommand } from '../define-command.js';
import { openTarget, type RegistryRequest } from '../registry-options.js';
import { explicitAccounts, print } from '../run-action.js';

interface CopyRequest extends RegistryRequest {
  readonly platform: readonly string[];
  readonly attachments: AttachmentsMode;
}

/** Makes `provision registry copy`. */
export function copyCommand(done: Done): Command {
  return registrySubcommand('copy', 'Copies one image, with its signatures and attestations; the digest stays.')
    .argument('<from>', 'registry/repository[:tag][@digest]')
    .argument('<to>', 'registry/repository[:tag] (default: the same tag)')
    .option(
      '--platform <os/arch>',
      'copy only this platform of an image for several; repeatable (changes the digest)',
      platforms,
      [],
    )
    .addOption(new Option('--attachments <which>', 'all, once or none').choices(attachmentsModes).default('all'))
    .action(async (from: string, to: string, request: CopyRequest) => done(await copy(from, to, request)));
}

function copy(from: string, to: string, request: CopyRequest): Promise<number> {
  return runUntilStopped(request, async (signal) => {
    const { copyImage } = await import('../../../registry/copy/copy-image.js');
    const [source, target] = [parseTarget(from, 'image'), parseTarget(to, 'image')];
    if (target.digest !== undefined && target.digest !== source.digest)
      throw new RegistryError(
        'input',
        `${JSON.stringify(to)}: the copy has the digest of the source, not one of its own`,
        {
          hint: 'give the target a tag, or no more than the repository',
        },
      );
    const explicit = await explicitAccounts(target, request);
    const sourceRegistry = await openTarget(source, request, { signal, explicit });
    const targetRegistry = await openTarget(target, request, { signal, explicit });
    try {
      const report = await copyImage({
        source: sourceRegistry,
        repository: source.repository ?? '',
        tag: source.tag ?? (source.digest === undefined ? 'latest' : undefined),
        digest: source.digest,
        target: targetRegistry,
        targetRepository: target.repository ?? '',
        targetTag: target.tag,
        platforms: request.platform.length === 0 ? undefined : request.platform,
        attachments: request.attachments,
      });
      print(request, report, [...report.notices, ...report.images.flatMap((image) => resultLines(image, true))]);
      return report.totals.failed > 0 ? 2 : 0;
    } finally {
      await Promise.all([sourceRegistry.close(), targetRegistry.close()]);
    }
  });
}
