import type { z } from 'zod';
import type { roleInputsSchema } from '../service/jobs/child/child-request.js';
import type { comparisonSchema, publicationSchema } from '../service/publications/publication-schema.js';
import type {
  accessToken,
  accountRights,
  auditEvent,
  directoryLook,
  explanation,
  grant,
  groupSchema,
  issuedAccessToken,
  login,
  newAccessToken,
  newGrant,
  newRobot,
  newUser,
  newVisibility,
  robot,
  robotChanges,
  session,
  userChanges,
  userSchema,
  visibilityRule,
} from '../service/schemas/access.js';
import type {
  driftedHost,
  driftSchema,
  driftTask,
  driftWithTasks,
  hostSchema,
  newPlan,
  planSchema,
  registryDrift,
  shownHost,
} from '../service/schemas/drift.js';
import type { healthSchema } from '../service/schemas/health.js';
import type {
  collaboratorSchema,
  commentSchema,
  mirrorSchema,
  newComment,
  newNotice,
  noticeSchema,
  openness,
  readmeSchema,
  starred,
} from '../service/schemas/hub.js';
import type { imageSchema, referrerContent } from '../service/schemas/image-details.js';
import type { repositorySchema, searchHit, sizedRepository, tagMove, tagSchema } from '../service/schemas/images.js';
import type {
  jobGrantSchema,
  jobSchema,
  newJob,
  newJobGrant,
  newSchedule,
  scheduleChanges,
  scheduleSchema,
} from '../service/schemas/jobs.js';
import type { newRegistry, registrySchema } from '../service/schemas/registries.js';
import type {
  imageRemoval,
  removalsAnswer,
  removalsBody,
  removedImages,
  removedTag,
  restorable,
  restoredImage,
  restoredTag,
} from '../service/schemas/removals.js';
import type { replicasSchema } from '../service/schemas/replicas.js';
import type { retentionPreview, retentionPreviewBody, storageSchema } from '../service/schemas/storage.js';
import type {
  deliverySchema,
  issuedWebhook,
  newWebhook,
  shownDeliverySchema,
  webhookChanges,
  webhookSchema,
} from '../service/schemas/webhooks.js';

export type ServiceUser = z.output<typeof userSchema>;
export type NewServiceUser = z.input<typeof newUser>;
export type ServiceUserChanges = z.input<typeof userChanges>;
export type ServiceGroup = z.output<typeof groupSchema>;
export type ServiceAccountRights = z.output<typeof accountRights>;
export type ServiceRobot = z.output<typeof robot>;
export type NewServiceRobot = z.input<typeof newRobot>;
export type ServiceRobotChanges = z.input<typeof robotChanges>;
export type ServiceToken = z.output<typeof accessToken>;
export type NewServiceToken = z.input<typeof newAccessToken>;
export type IssuedServiceToken = z.output<typeof issuedAccessToken>;
export type ServiceSession = z.output<typeof session>;
export type ServiceKeptLogin = z.output<typeof login>;
export type ServiceGrant = z.output<typeof grant>;
export type NewServiceGrant = z.input<typeof newGrant>;
export type ServiceVisibility = z.output<typeof visibilityRule>;
export type NewServiceVisibility = z.input<typeof newVisibility>;
export type ServiceExplanation = z.output<typeof explanation>;
export type ServiceDirectoryLook = z.output<typeof directoryLook>;
export type ServiceAuditEvent = z.output<typeof auditEvent>;
export type ServiceRepository = z.output<typeof repositorySchema>;
export type SizedServiceRepository = z.output<typeof sizedRepository>;
export type ServiceTag = z.output<typeof tagSchema>;
export type ServiceTagMove = z.output<typeof tagMove>;
export type RemovedServiceTag = z.output<typeof removedTag>;
export type RemovedServiceImages = z.output<typeof removedImages>;
export type ServiceImage = z.output<typeof imageSchema>;
export type ServiceReferrerContent = z.output<typeof referrerContent>;
export type ServiceImageRemoval = z.output<typeof imageRemoval>;
export type ServiceRemovals = z.output<typeof removalsAnswer>;
export type NewServiceRemovals = z.input<typeof removalsBody>;
export type ServiceRestorable = z.output<typeof restorable>;
export type RestoredServiceTag = z.output<typeof restoredTag>;
export type RestoredServiceImage = z.output<typeof restoredImage>;
export type ServiceRetentionPreview = z.output<typeof retentionPreview>['items'][number];
export type ServiceRetentionRules = z.input<typeof retentionPreviewBody>['retention'];
export type ServiceStorage = z.output<typeof storageSchema>;
export type ServiceSearchHit = z.output<typeof searchHit>;
export type ServiceStarred = z.output<typeof starred>;
export type ServiceComment = z.output<typeof commentSchema>;
export type NewServiceComment = z.input<typeof newComment>;
export type ServiceReadme = z.output<typeof readmeSchema>;
export type ServiceNotice = z.output<typeof noticeSchema>;
export type NewServiceNotice = z.input<typeof newNotice>;
export type ServiceCollaborator = z.output<typeof collaboratorSchema>;
export type ServiceOpenness = z.output<typeof openness>;
export type ServiceMirror = z.output<typeof mirrorSchema>;
export type ServicePublication = z.output<typeof publicationSchema>;
export type ServiceComparison = z.output<typeof comparisonSchema>;
export type ServiceRegistry = z.output<typeof registrySchema>;
export type NewServiceRegistry = z.input<typeof newRegistry>;
/** Changes of a registry: null takes a field away. */
export type ServiceRegistryChanges = {
  [Field in Exclude<keyof NewServiceRegistry, 'name' | 'host'>]?: NewServiceRegistry[Field] | null;
};
/** Host of the site, with how it is beside it. */
export type ServiceHost = z.output<typeof hostSchema>;
/** Host of the site, with what differs there. */
export type ServiceHostDetails = z.output<typeof shownHost>;
export type ServiceDriftedHost = z.output<typeof driftedHost>;
export type ServicePlan = z.output<typeof planSchema>;
export type NewServicePlan = z.input<typeof newPlan>;
export type ServiceReplicas = z.output<typeof replicasSchema>;
export type ServiceHealthReport = z.output<typeof healthSchema>;
export type ServiceDrift = z.output<typeof driftSchema>;
export type ServiceDriftTask = z.output<typeof driftTask>;
export type ServiceDriftWithTasks = z.output<typeof driftWithTasks>;
export type ServiceRegistryDrift = z.output<typeof registryDrift>;
export type ServiceJob = z.output<typeof jobSchema>;
export type NewServiceJob = z.input<typeof newJob>;
export type ServiceSchedule = z.output<typeof scheduleSchema>;
export type ServiceScheduleChanges = z.input<typeof scheduleChanges>;
export type NewServiceSchedule = z.input<typeof newSchedule>;
export type ServiceJobGrant = z.output<typeof jobGrantSchema>;
export type NewServiceJobGrant = z.input<typeof newJobGrant>;

export type ServiceWebhook = z.output<typeof webhookSchema>;
/** Webhook with its secret, which is shown once. */
export type IssuedServiceWebhook = z.output<typeof issuedWebhook>;
export type NewServiceWebhook = z.input<typeof newWebhook>;
/** Changes of a webhook: null takes a header away. */
export type ServiceWebhookChanges = z.input<typeof webhookChanges>;
export type ServiceDelivery = z.output<typeof deliverySchema>;
/** Delivery with its body and tries. */
export type ShownServiceDelivery = z.output<typeof shownDeliverySchema>;

export type ServiceRoleInputs = z.output<typeof roleInputsSchema>;

/** Event of a job, as `--output json` of a run has it, with its number. */
export interface ServiceJobEvent {
  readonly sequence: number;
  readonly event: Readonly<Record<string, unknown>>;
}
