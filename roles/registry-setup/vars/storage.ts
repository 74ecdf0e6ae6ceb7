import { z } from 'zod';
import { byteSize } from '../../../src/index.js';
import { hostPath } from './host-path.js';

/** Variables of the storage folder and the NFS share. */
export const storageVars = {
  registry_storage_directory: hostPath
    .optional()
    .describe(
      "Folder for the images; with `registry_instances`, the folder of theirs. Default: the package's own, or `/var/lib/registry`",
    ),
  registry_version: z
    .union([z.string(), z.number()])
    .transform(String)
    .optional()
    .describe('Version of the content, which selects its storage (31, 32, …)'),
  registry_storage_nfs: z
    .strictObject({
      server: z.string().regex(/^[\w.:[\]-]+$/, { error: 'must be the name or address of a host' }),
      path: z
        .string()
        .regex(/^\/[^\n\r\t\\]*$/, { error: 'must be an absolute path' })
        .regex(/^[^{}]*(\{version\}[^{}]*)*$/, { error: 'may have {version} in it, and no other braces' }),
      options: z
        .string()
        .regex(/^[^\s\\]+$/, { error: 'must be options separated by commas, without blanks' })
        .default('hard'),
    })
    .optional()
    .describe(
      'NFS share that holds the images: `server`, `path` (`{version}` in it is the `registry_version`: `/var/export/registry{version}`), `options` of mount (default `hard`). It is mounted at `registry_storage_directory`, or `/srv/registry/NAME`',
    ),
  registry_storage_min_free: byteSize.prefault(0).describe('Space that must be free on the NFS share: `10G`, or bytes'),
  registry_read_only: z
    .boolean()
    .optional()
    .describe(
      "Refuse pushes and deletes (405), by the registry's own read-only mode. Default: false; a read-only registry becomes writable only where `false` is given",
    ),
  registry_delete_enabled: z.boolean().default(false).describe('Allow deletion of manifests and blobs'),
  registry_remove_images: z.boolean().default(false).describe('With `registry_state: absent`: delete the images too'),
};
