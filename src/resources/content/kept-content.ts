import type { HostContext } from '../../model/resource.js';

/** How a resource with content was told to treat what exists. */
export interface ForceParams {
  readonly force: boolean;
  readonly force_variable?: string | undefined;
}

/** Whether what exists and differs may be replaced. */
export function isForced(params: ForceParams, host: HostContext): boolean {
  return params.force || host.force;
}

/** What would update what was kept. */
export function forceHint(params: ForceParams): string {
  return params.force_variable === undefined
    ? '--force updates it'
    : `--force or ${params.force_variable}: true updates it`;
}

/** Text without a word of configuration: comments and blank lines at most. */
export function isOnlyComments(text: string): boolean {
  return text.split('\n').every((line) => /^\s*([#;].*)?$/.test(line.replace(/\r$/, '')));
}

/** Whether a line says nothing: blank, or a comment. */
export function isComment(line: string): boolean {
  return /^\s*([#;]|$)/.test(line);
}
