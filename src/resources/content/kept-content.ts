import { type Origin, originOf, type RecordedText } from '../../model/records.js';
import type { HostContext, KeptDifference } from '../../model/resource.js';

/** Parameters that tell a resource to replace what exists. */
export interface ForceParams {
  readonly force: boolean;
  readonly force_variable?: string | undefined;
}

/** Tells whether what exists and differs may be replaced. */
export function isForced(params: ForceParams, host: HostContext): boolean {
  return params.force || host.force;
}

/** Returns the hint that names how to update what was kept. */
export function forceHint(params: ForceParams, origin?: Origin): string {
  const flags = origin === 'unchanged' ? '--update or --force' : '--force';
  return params.force_variable === undefined
    ? `use ${flags} to update it`
    : `use ${flags}, or set ${params.force_variable}: true, to update it`;
}

/** Returns how a text that differs is kept: what it is that differs, and whose it is by the host's records. */
export function keptText(summary: string, params: ForceParams, origin: Origin): KeptDifference {
  const whose = { unchanged: ', unchanged since provision wrote it', edited: ', edited since provision wrote it' };
  return {
    summary: origin === undefined ? summary : `${summary}${whose[origin]}`,
    hint: forceHint(params, origin),
    ...(origin !== undefined && { origin }),
  };
}

/** Tells whether a text that differs may be replaced: with force, or by an update where it is still our own. */
export function mayUpdate(params: ForceParams, host: HostContext, origin: Origin): boolean {
  return isForced(params, host) || (host.update && origin === 'unchanged');
}

/** Returns whose a text is by the records of the host. Undefined: nobody knows, or nothing is there. */
export function originOnHost(host: HostContext, found: RecordedText | undefined): Origin {
  return found === undefined ? undefined : originOf(host.records, found);
}

/** Tells whether a text has no word of configuration: comments and blank lines at most. */
export function isOnlyComments(text: string): boolean {
  return text.split('\n').every((line) => /^\s*([#;].*)?$/.test(line.replace(/\r$/, '')));
}

/** Tells whether a line is blank or a comment. */
export function isComment(line: string): boolean {
  return /^\s*([#;]|$)/.test(line);
}
