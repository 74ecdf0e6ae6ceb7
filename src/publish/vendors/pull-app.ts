import { basename, dirname, join } from 'node:path';
import { count } from '../../text/count.js';
import type { Publication } from '../layouts/publication.js';
import { authoritiesIn } from '../stores/store-target.js';
import type { VerifiedTag } from '../verbs/verify.js';
import { frontAdvice, verifyFront } from '../verbs/verify-front.js';
import { redirectOfApp } from './redirect-state.js';
import type { Vendor, VendorApp } from './vendor.js';

/** Options of {@link pullApp}. */
export interface PullAppOptions {
  /** Seconds in which what answers clients has to know what was published. */
  readonly wait: number;
  /** Is told where it does not give all of it at once, with its address. */
  readonly waits: (front: string) => void;
  readonly signal: AbortSignal;
}

/** Tags of an application as they are pulled through what answers clients from the redirect files. */
export interface PulledApp {
  readonly front: string;
  /** true: the right answer was 404, as nobody may pull without a certificate. */
  readonly isProtected: boolean;
  readonly tags: readonly VerifiedTag[];
  /** Advice to a person; undefined: all tags are as they should be. */
  readonly advice: string | undefined;
}

/**
 * Pulls each tag of an application that was published through `pull_from` of its vendor.
 * @returns undefined where there is no such address, or no redirect file that it could read
 * @throws RegistryError `interrupted`
 */
export async function pullApp(
  { pull_from: front, ca }: Vendor,
  app: VendorApp,
  publication: Publication,
  { wait, waits, signal }: PullAppOptions,
): Promise<PulledApp | undefined> {
  const redirect = front === undefined ? undefined : redirectOfApp(app);
  if (front === undefined || redirect === undefined || app.redirectFile === undefined) return undefined;
  const options = { publication, redirect, front, wait, ca: authoritiesIn(ca), signal };
  const pull = await verifyFront({ ...options, waits: () => waits(front) });
  const isRight = pull.tags.every(({ problems }) => problems.length === 0);
  // Whoever reads it may have no shell here, and nothing to do with its paths.
  const file = join(basename(dirname(app.redirectFile)), basename(app.redirectFile));
  const advice = isRight ? undefined : frontAdvice(options, pull, file);
  return { front, isProtected: redirect.isProtected, tags: pull.tags, advice };
}

/** Returns the line about tags that are pulled as they should be. */
export function pulledLine({ front, isProtected, tags }: PulledApp): string {
  const all = count(tags.length, 'tag');
  return isProtected ? `${all} hidden by ${front} from who has no certificate` : `${all} pulled through ${front}`;
}
