import type { AnyPage } from '../kernel/page.js';
import type { Routes } from '../kernel/routes.js';

/** Pages that a browser loads together. */
export type PageGroup = 'reading' | 'work' | 'people';

/** Group of the pages below a path, by its first part; that of `/` is empty. */
export const groupsOfPages: Readonly<Record<string, PageGroup>> = {
  '': 'reading',
  login: 'reading',
  setup: 'reading',
  repositories: 'reading',
  images: 'reading',
  search: 'reading',
  registries: 'work',
  publications: 'work',
  jobs: 'work',
  hosts: 'work',
  schedules: 'work',
  retention: 'work',
  account: 'people',
  access: 'people',
  webhooks: 'people',
  audit: 'people',
};

/** Loads the pages of a group. Their files are named `src/pages/GROUP.ts`: the server has browsers load them beforehand. */
export const loadGroup: Readonly<Record<PageGroup, () => Promise<Routes<AnyPage>>>> = {
  reading: async () => (await import('./reading.js')).readingPages,
  work: async () => (await import('./work.js')).workPages,
  people: async () => (await import('./people.js')).peoplePages,
};
