import type { TaskItem } from '../../src/index.js';
import type { InstanceContext, RegistryInstance } from './instance.js';

/** What is done from time to time, once the registry runs: garbage collection, backup. */
export function timerTasks(_instance: RegistryInstance, _context: InstanceContext): readonly TaskItem[] {
  return [];
}
