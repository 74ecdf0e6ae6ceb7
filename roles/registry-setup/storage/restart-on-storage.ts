import { command, type Task, unitName } from '../../../src/index.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';

/**
 * Returns the handler that restarts a container on new storage. A container keeps the mounts that it was started with.
 */
export function restartOnStorage(
  { container, storageDirectory }: RegistryInstance,
  when: InstanceContext['when'],
): Task {
  const unit = `/etc/systemd/system/${unitName(storageDirectory, 'mount')}`;
  return command({
    when,
    title: `restart ${container} on its storage`,
    cmd: `docker restart ${container}`,
    // One that was started behind the change, or is still to be made, needs nothing.
    only_if: `at=$(docker inspect -f '{{.State.StartedAt}}' ${container} 2>/dev/null) && [ "$(date -d "$at" +%s)" -le "$(stat -c %Y '${unit}')" ]`,
  });
}
