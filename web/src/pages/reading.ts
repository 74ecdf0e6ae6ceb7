import type { AnyPage } from '../kernel/page.js';
import type { Routes } from '../kernel/routes.js';
import { imagePage } from './image/image-page.js';
import { loginPage } from './login/login-page.js';
import { setupPage } from './login/setup-page.js';
import { overviewPage } from './overview/overview-page.js';
import { repositoriesPage } from './repositories/repositories-page.js';
import { repositoryPage } from './repositories/repository-page.js';
import { searchPage } from './search/search-page.js';

/** Pages of images, and those that anybody begins with: what most readers load. The first that fits counts. */
export const readingPages: Routes<AnyPage> = [
  ['/', overviewPage],
  ['/images/:registry/*reference', imagePage],
  ['/login', loginPage],
  ['/repositories', repositoriesPage],
  ['/repositories/:registry/*repository', repositoryPage],
  ['/search', searchPage],
  ['/setup', setupPage],
];
