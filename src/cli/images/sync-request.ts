import type { VerifyLevel } from '../../registry/copy/verify.js';

/** What `provision images sync` was asked for. */
export interface SyncRequest {
  readonly lists: readonly string[];
  /** An archive of which all images go to the target. */
  readonly load: string | undefined;
  /** Name of its only image there. */
  readonly as: string | undefined;
  readonly from: string | undefined;
  readonly to: readonly string[];
  readonly check: boolean;
  readonly verify: VerifyLevel;
  readonly attachments: 'all' | 'none';
  readonly platform: readonly string[];
  readonly prune: boolean;
  readonly protect: readonly string[];
  readonly pruneShare: number;
  readonly ca: readonly string[];
  readonly insecure: boolean;
  readonly authfile: string | undefined;
  readonly chunkSize: number | undefined;
  readonly rate: number | undefined;
  readonly connections: number | undefined;
  readonly output: 'live' | 'lines' | 'json' | undefined;
  readonly json: boolean;
  readonly verbose: number;
  readonly color: boolean | undefined;
}
