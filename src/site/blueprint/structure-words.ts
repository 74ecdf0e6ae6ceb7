/** What a task can say to do instead of a resource. */
export const structureWords: readonly string[] = [
  'import_role',
  'import_tasks',
  'include_role',
  'include_tasks',
  'meta',
];
