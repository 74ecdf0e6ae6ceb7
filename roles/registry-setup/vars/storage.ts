import { z } from 'zod';
import { hostPath } from './host-path.js';

/** Where the images are kept. */
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
    .describe('Version of the content, which decides what its storage is (31, 32, …)'),
  registry_read_only: z
    .boolean()
    .default(false)
    .describe("Refuse pushes and deletes (405), by the registry's own read-only mode"),
  registry_delete_enabled: z.boolean().default(false).describe('Let manifests and blobs be deleted'),
  registry_remove_images: z.boolean().default(false).describe('With `registry_state: absent`: the images go too'),
};
