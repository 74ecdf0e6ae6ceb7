import type { ServiceParts } from '../../service-parts.js';
import type { ServiceApp } from '../bare-app.js';
import { addDirectoryRoutes } from '../sign-in/directories.js';
import { addOidcRoutes } from '../sign-in/oidc.js';
import { addAccessTokenRoutes } from './access-tokens.js';
import { addAccountRightsRoutes } from './account-rights.js';
import { addAuditRoutes } from './audit.js';
import { addDescriptionRoute } from './description.js';
import { addGrantRoutes } from './grants.js';
import { addGroupRoutes } from './groups.js';
import { addHealthRoutes } from './health/health.js';
import { addHealthReportRoute } from './health/health-report.js';
import { addMetricsRoute } from './health/metrics.js';
import { addCollaboratorRoutes } from './hub/collaborators.js';
import { addCommentRoutes } from './hub/comments.js';
import { addMirrorRoutes } from './hub/mirrors.js';
import { addNoticeRoutes } from './hub/notices.js';
import { addStarRoutes } from './hub/stars.js';
import { addTextRoutes } from './hub/texts.js';
import { addBulkRemovals } from './images/bulk-removals.js';
import { addDistributionRoutes } from './images/distribution.js';
import { addImageRoutes } from './images/images.js';
import { addRegistryRoutes } from './images/registries.js';
import { addRemovals } from './images/removals.js';
import { addReplicaRoute } from './images/replicas.js';
import { addRestores } from './images/restores.js';
import { addStorageRoutes } from './images/storage.js';
import { addTagRoutes } from './images/tags.js';
import { addDriftRoute } from './jobs/drift.js';
import { addJobEventRoutes } from './jobs/job-events.js';
import { addJobGrantRoutes } from './jobs/job-grants.js';
import { addJobRoutes } from './jobs/jobs.js';
import { addManagedRegistryRoutes } from './jobs/managed-registries.js';
import { addPlanRoutes } from './jobs/plans.js';
import { addPublicationRoutes } from './jobs/publications.js';
import { addScheduleRoutes } from './jobs/schedules.js';
import { addSiteRoutes } from './jobs/site.js';
import { addRobotRoutes } from './robots.js';
import { addSessionRoutes } from './session.js';
import { addSetupRoute } from './setup.js';
import { addTokenRoute } from './token.js';
import { addTokenServerRoutes } from './token-server.js';
import { addUserRoutes } from './users.js';
import { addDeliveryRoutes } from './webhooks/deliveries.js';
import { addWebhookRoutes } from './webhooks/webhooks.js';

/** Adds all routes of the service. */
export function addRoutes(app: ServiceApp, parts: ServiceParts): void {
  for (const add of [
    addHealthRoutes,
    addHealthReportRoute,
    addMetricsRoute,
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
    addAccountRightsRoutes,
    addAuditRoutes,
    addImageRoutes,
    addTagRoutes,
    addRemovals,
    addBulkRemovals,
    addRestores,
    addStorageRoutes,
    addStarRoutes,
    addCommentRoutes,
    addTextRoutes,
    addNoticeRoutes,
    addCollaboratorRoutes,
    addMirrorRoutes,
    addRegistryRoutes,
    addReplicaRoute,
    addManagedRegistryRoutes,
    addSiteRoutes,
    addDriftRoute,
    addJobRoutes,
    addPlanRoutes,
    addJobEventRoutes,
    addJobGrantRoutes,
    addPublicationRoutes,
    addScheduleRoutes,
    addWebhookRoutes,
    addDeliveryRoutes,
    addDistributionRoutes,
    addOidcRoutes,
    addDirectoryRoutes,
  ]) {
    add(app, parts);
  }
}
