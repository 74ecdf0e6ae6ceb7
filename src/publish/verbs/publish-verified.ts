import type { Publication } from '../layouts/publication.js';
import { type Caches, withCaches } from './invalidate.js';
import { type PublishOptions, type PublishReport, publish } from './publish.js';
import { problemLines, type VerifiedTag, type VerifyOptions, verifyPublication } from './verify.js';

/** Options of {@link publishVerified}. */
export interface PublishVerifiedOptions<Pulled> extends PublishOptions {
  /** Undefined: none is told of. */
  readonly caches: Caches | undefined;
  /** Way by which each tag is pulled without an account; undefined: nobody may. */
  readonly verify: Pick<VerifyOptions, 'url' | 'ca'> | undefined;
  /** Called when all is stored, and pulled by the public address. */
  readonly stored?: (report: PublishReport, verified: readonly VerifiedTag[] | undefined) => void;
  /** Pulls each tag through what answers clients from the redirect files. Default: nothing answers. */
  readonly pull?: ((publication: Publication) => Promise<Pulled | undefined>) | undefined;
}

/** Publication that was pulled as clients pull it. */
export interface VerifiedPublication<Pulled> {
  readonly report: PublishReport;
  /** Tags as anybody pulls them; undefined: nobody may, or nothing was done. */
  readonly verified: readonly VerifiedTag[] | undefined;
  /** Undefined: nothing answers clients, nothing was done, or another thing failed before. */
  readonly pulled: Pulled | undefined;
}

/**
 * Publishes, tells caches what changed, and pulls each tag: by the public address, then through what answers clients.
 * @throws RegistryError
 */
export async function publishVerified<Pulled>(
  options: PublishVerifiedOptions<Pulled>,
): Promise<VerifiedPublication<Pulled>> {
  const { store, caches, verify, stored, pull, isDryRun, isRepair, signal } = options;
  const report = await withCaches(store, caches, (within) => publish({ ...options, store: within }), isRepair);
  const { publication } = report;
  const isVerified = verify !== undefined && isDryRun !== true;
  const verified = isVerified ? await verifyPublication({ publication, ...verify, signal }) : undefined;
  stored?.(report, verified);
  const isRight = problemLines(verified).length === 0;
  const pulled = isRight && isDryRun !== true ? await pull?.(publication) : undefined;
  return { report, verified, pulled };
}
