import type { HostContext } from '../../model/resource.js';

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
export function forceHint(params: ForceParams): string {
  return params.force_variable === undefined
    ? 'use --force to update it'
    : `use --force, or set ${params.force_variable}: true, to update it`;
}

/** Tells whether a text has no word of configuration: comments and blank lines at most. */
export function isOnlyComments(text: string): boolean {
  return text.split('\n').every((line) => /^\s*([#;].*)?$/.test(line.replace(/\r$/, '')));
}

/** Tells whether a line is blank or a comment. */
export function isComment(line: string): boolean {
  return /^\s*([#;]|$)/.test(line);
}
