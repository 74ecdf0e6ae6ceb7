import type { HostContext } from '../../model/resource.js';
import { absolutePath } from '../path/path-params.js';

export const authority = absolutePath
  .optional()
  .describe('Folder of the certificate authority on the controller; default: `.provision/ca` beside the site');

/** Where the run's certificate authority is on the controller. */
export function authorityFolder(params: { readonly authority?: string | undefined }, host: HostContext): string {
  return params.authority ?? host.files.own('ca');
}
