import type { AnyPage } from '../kernel/page.js';
import type { Routes } from '../kernel/routes.js';
import { hostPage } from './hosts/host-page.js';
import { hostsPage } from './hosts/hosts-page.js';
import { jobPage } from './jobs/job-page.js';
import { jobsPage } from './jobs/jobs-page.js';
import { newJobPage } from './jobs/new-job-page.js';
import { publicationPage } from './publications/publication-page.js';
import { publicationsPage } from './publications/publications-page.js';
import { changeRegistryPage } from './registries/form/change-registry-page.js';
import { newRegistryPage } from './registries/form/new-registry-page.js';
import { registriesPage } from './registries/registries-page.js';
import { registryPage } from './registries/registry-page.js';
import { retentionPage } from './retention/retention-page.js';
import { changeSchedulePage } from './schedules/change-schedule-page.js';
import { newSchedulePage } from './schedules/new-schedule-page.js';
import { schedulesPage } from './schedules/schedules-page.js';

/** Pages of registries, hosts and jobs. The first that fits counts. */
export const workPages: Routes<AnyPage> = [
  ['/hosts', hostsPage],
  ['/hosts/:name', hostPage],
  ['/jobs', jobsPage],
  ['/jobs/new', newJobPage],
  ['/jobs/:id', jobPage],
  ['/publications', publicationsPage],
  ['/publications/:vendor/*app', publicationPage],
  ['/registries', registriesPage],
  ['/registries/new', newRegistryPage],
  ['/registries/:registry', registryPage],
  ['/registries/:registry/change', changeRegistryPage],
  ['/retention', retentionPage],
  ['/schedules', schedulesPage],
  ['/schedules/new', newSchedulePage],
  ['/schedules/:id', changeSchedulePage],
];
