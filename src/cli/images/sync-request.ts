import type { AttachmentsMode } from '../../registry/attachments-mode.js';
import type { VerifyLevel } from '../../registry/copy/verify.js';
import type { LimitRequest } from './limits.js';

/** Arguments and options of `provision images sync` and `load`. */
export interface SyncRequest extends LimitRequest {
  readonly lists: readonly string[];
  /** `NAME=VALUE` for a template of TripleO's. */
  readonly set: readonly string[];
  readonly template: string | undefined;
  /** Path of an archive whose images are all copied (`load`). */
  readonly load: string | undefined;
  /** Name at the target of the archive's only image. */
  readonly as: string | undefined;
  readonly from: string | undefined;
  readonly to: readonly string[];
  readonly check: boolean;
  readonly verify: VerifyLevel;
  readonly attachments: AttachmentsMode;
  readonly platform: readonly string[];
  readonly repair: boolean;
  readonly prune: boolean;
  readonly protect: readonly string[];
  readonly pruneShare: number;
  readonly ca: readonly string[];
  readonly insecure: boolean;
  readonly authfile: string | undefined;
  readonly chunkSize: number | undefined;
  readonly output: 'live' | 'lines' | 'json' | undefined;
  readonly json: boolean;
  readonly verbose: number;
  readonly color: boolean | undefined;
}
