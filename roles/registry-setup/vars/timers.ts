import { z } from 'zod';
import { hostPath } from './host-path.js';

const schedule = z.string().regex(/^[^\n\r]*[^\n\r\\]$/, { error: 'must be a time of systemd: daily, Sun 03:00' });

/** Variables of scheduled jobs. */
export const timerVars = {
  registry_gc_schedule: schedule
    .optional()
    .describe(
      'Schedule of the garbage collection, as in systemd.time(7): `Sun 03:00`; `never` removes the timer. The registry refuses writes meanwhile, but for the embedded one, which cron collects where there is no systemd, or for a user who is not root. A read-only registry has no timer',
    ),
  registry_gc_delete_untagged: z
    .boolean()
    .default(false)
    .describe(
      'Delete untagged manifests too, but for those that belong to a tagged one. Not done where distribution before 3.0.0 would destroy images for several platforms',
    ),
  registry_backup_schedule: schedule
    .optional()
    .describe('Schedule of the backup, as in systemd.time(7): `daily`; `never` removes the timer'),
  registry_backup_directory: hostPath
    .optional()
    .describe(
      'Folder for the copies. On the file system of the images a copy takes almost no space (its blobs are hard links); elsewhere it is a tar',
    ),
  registry_backup_keep: z.int().min(1).default(7).describe('Number of copies that are kept'),
};
