import type { HostContext } from '../../model/resource.js';
import { absolutePath } from '../path/path-params.js';

export const authority = absolutePath
  .optional()
  .describe('Folder of the certificate authority on the controller; default: `.provision/ca` beside the site');

/** Returns the folder of the run's certificate authority, on the controller. */
export function authorityFolder(params: { readonly authority?: string | undefined }, host: HostContext): string {
  return params.authority ?? host.files.own('ca');
}
