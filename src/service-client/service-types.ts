import type { z } from 'zod';
import type { roleInputsSchema } from '../service/jobs/child/child-request.js';
import type {
  accessToken,
  auditEvent,
  explanation,
  grant,
  groupSchema,
  issuedAccessToken,
  newAccessToken,
  newGrant,
  newRobot,
  newUser,
  newVisibility,
  robot,
  robotChanges,
  userChanges,
  userSchema,
  visibilityRule,
} from '../service/schemas/access.js';
import type {
  imageSchema,
  removedImages,
  removedTag,
  repositorySchema,
  searchHit,
  sizedRepository,
  tagMove,
  tagSchema,
} from '../service/schemas/images.js';
import type {
  jobGrantSchema,
  jobSchema,
  newJob,
  newJobGrant,
  newSchedule,
  scheduleSchema,
} from '../service/schemas/jobs.js';
import type { newRegistry, registrySchema } from '../service/schemas/registries.js';

export type ServiceUser = z.output<typeof userSchema>;
export type NewServiceUser = z.input<typeof newUser>;
export type ServiceUserChanges = z.input<typeof userChanges>;
export type ServiceGroup = z.output<typeof groupSchema>;
export type ServiceRobot = z.output<typeof robot>;
export type NewServiceRobot = z.input<typeof newRobot>;
export type ServiceRobotChanges = z.input<typeof robotChanges>;
export type ServiceToken = z.output<typeof accessToken>;
export type NewServiceToken = z.input<typeof newAccessToken>;
export type IssuedServiceToken = z.output<typeof issuedAccessToken>;
export type ServiceGrant = z.output<typeof grant>;
export type NewServiceGrant = z.input<typeof newGrant>;
export type ServiceVisibility = z.output<typeof visibilityRule>;
export type NewServiceVisibility = z.input<typeof newVisibility>;
export type ServiceExplanation = z.output<typeof explanation>;
export type ServiceAuditEvent = z.output<typeof auditEvent>;
export type ServiceRepository = z.output<typeof repositorySchema>;
export type SizedServiceRepository = z.output<typeof sizedRepository>;
export type ServiceTag = z.output<typeof tagSchema>;
export type ServiceTagMove = z.output<typeof tagMove>;
export type RemovedServiceTag = z.output<typeof removedTag>;
export type RemovedServiceImages = z.output<typeof removedImages>;
export type ServiceImage = z.output<typeof imageSchema>;
export type ServiceSearchHit = z.output<typeof searchHit>;
export type ServiceRegistry = z.output<typeof registrySchema>;
export type NewServiceRegistry = z.input<typeof newRegistry>;
/** Changes of a registry: null takes a field away. */
export type ServiceRegistryChanges = {
  [Field in Exclude<keyof NewServiceRegistry, 'name' | 'host'>]?: NewServiceRegistry[Field] | null;
};
export type ServiceJob = z.output<typeof jobSchema>;
export type NewServiceJob = z.input<typeof newJob>;
export type ServiceSchedule = z.output<typeof scheduleSchema>;
export type NewServiceSchedule = z.input<typeof newSchedule>;
export type ServiceJobGrant = z.output<typeof jobGrantSchema>;
export type NewServiceJobGrant = z.input<typeof newJobGrant>;

export type ServiceRoleInputs = z.output<typeof roleInputsSchema>;

/** Event of a job, as `--output json` of a run has it, with its number. */
export interface ServiceJobEvent {
  readonly sequence: number;
  readonly event: Readonly<Record<string, unknown>>;
}
