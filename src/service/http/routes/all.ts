import type { ServiceParts } from '../../service-parts.js';
import type { ServiceApp } from '../bare-app.js';
import { addDirectoryRoutes } from '../sign-in/directories.js';
import { addOidcRoutes } from '../sign-in/oidc.js';
import { addAccessTokenRoutes } from './access-tokens.js';
import { addAuditRoutes } from './audit.js';
import { addDescriptionRoute } from './description.js';
import { addGrantRoutes } from './grants.js';
import { addGroupRoutes } from './groups.js';
import { addHealthRoutes } from './health.js';
import { addDistributionRoutes } from './images/distribution.js';
import { addImageRoutes } from './images/images.js';
import { addRegistryRoutes } from './images/registries.js';
import { addRemovals } from './images/removals.js';
import { addJobEventRoutes } from './jobs/job-events.js';
import { addJobGrantRoutes } from './jobs/job-grants.js';
import { addJobRoutes } from './jobs/jobs.js';
import { addManagedRegistryRoutes } from './jobs/managed-registries.js';
import { addScheduleRoutes } from './jobs/schedules.js';
import { addSiteRoutes } from './jobs/site.js';
import { addRobotRoutes } from './robots.js';
import { addSessionRoutes } from './session.js';
import { addSetupRoute } from './setup.js';
import { addTokenRoute } from './token.js';
import { addTokenServerRoutes } from './token-server.js';
import { addUserRoutes } from './users.js';

/** Adds all routes of the service. */
export function addRoutes(app: ServiceApp, parts: ServiceParts): void {
  for (const add of [
    addHealthRoutes,
    addDescriptionRoute,
    addTokenRoute,
    addTokenServerRoutes,
    addSetupRoute,
    addSessionRoutes,
    addUserRoutes,
    addGroupRoutes,
    addRobotRoutes,
    addAccessTokenRoutes,
    addGrantRoutes,
    addAuditRoutes,
    addImageRoutes,
    addRemovals,
    addRegistryRoutes,
    addManagedRegistryRoutes,
    addSiteRoutes,
    addJobRoutes,
    addJobEventRoutes,
    addJobGrantRoutes,
    addScheduleRoutes,
    addDistributionRoutes,
    addOidcRoutes,
    addDirectoryRoutes,
  ]) {
    add(app, parts);
  }
}
