import type { TaskItem } from '../../src/index.js';
import type { InstanceContext, RegistryInstance } from './instance.js';
import { registry_storage } from './registry-storage.js';

/** What sees to it that the folder of the images is there, and usable by the registry. */
export function storageTasks(
  { storageDirectory, readOnly, user }: RegistryInstance,
  { when, installed }: InstanceContext,
): readonly TaskItem[] {
  return [
    registry_storage({
      when,
      path: storageDirectory,
      ...(user === undefined ? {} : { user }),
      write: !readOnly,
      needs: [...installed],
    }),
  ];
}

/** Lines for the `[Unit]` section of whatever unit runs the registry. */
export function storageUnitLines({ storageDirectory }: RegistryInstance): readonly string[] {
  return [`RequiresMountsFor=${storageDirectory}`];
}
