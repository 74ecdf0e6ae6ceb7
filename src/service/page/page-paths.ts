/**
 * First parts of the paths of pages, without the overview's, which is `/`. Pages themselves know what is below them; a test compares
 * both.
 */
export const pagePaths = [
  'login',
  'setup',
  'account',
  'repositories',
  'images',
  'search',
  'registries',
  'jobs',
  'hosts',
  'schedules',
  'publications',
  'retention',
  'access',
  'webhooks',
  'audit',
] as const;
