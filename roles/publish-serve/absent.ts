import { directory, file, provision_program, service, type TaskItem, user } from '../../src/index.js';
import { publishFolder, publishUnit, publishUnitFile } from './publish-places.js';
import type { PublishVars } from './vars.js';

/** Returns the tasks that remove the service, with its secrets. Redirect files and its user stay, unless asked. */
export function absentPublish(vars: PublishVars): readonly TaskItem[] {
  const gone = { state: 'absent', force: true, recurse: true } as const;
  return [
    service({ name: publishUnit, state: 'stopped', enabled: false }),
    file({ path: publishUnitFile, state: 'absent', force: true, backup: false }),
    directory({ path: publishFolder, ...gone }),
    provision_program({ path: vars.publish_serve_program, state: 'absent' }),
    ...(vars.publish_serve_remove_data
      ? [
          directory({ path: vars.publish_serve_data_dir, ...gone }),
          user({ name: vars.publish_serve_user, state: 'absent', force: true }),
        ]
      : []),
  ];
}
