import { z } from 'zod';
import { hostPath } from './host-path.js';

const schedule = z.string().regex(/^[^\n\r]*[^\n\r\\]$/, { error: 'must be a time of systemd: daily, Sun 03:00' });

/** What is done from time to time. */
export const timerVars = {
  registry_gc_schedule: schedule
    .optional()
    .describe(
      'When garbage is collected, as systemd.time(7) has it: `Sun 03:00`; `never` takes the timer away. The registry takes no writes meanwhile. One that is read-only itself has none',
    ),
  registry_gc_delete_untagged: z
    .boolean()
    .default(false)
    .describe(
      'Manifests that no tag names go too. Not done where distribution before 3.0.0 would destroy images for several platforms',
    ),
  registry_backup_schedule: schedule
    .optional()
    .describe('When a copy is made of what is stored: `daily`; `never` takes the timer away'),
  registry_backup_directory: hostPath
    .optional()
    .describe(
      'Folder for the copies. On the file system of the images a copy costs next to no space (its blobs are hard links); elsewhere it is a tar',
    ),
  registry_backup_keep: z.int().min(1).default(7).describe('Copies that are kept of a registry'),
};
