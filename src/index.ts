/*
 * What the author of a role, or of a program that provisions, imports.
 */
export type { Connection, Prober } from './connection/connection.js';
export { openConnection } from './connection/open.js';
export { type Diagnostic, Diagnostics, InputError, type Place } from './diagnostics/diagnostic.js';
export { nearest } from './diagnostics/nearest.js';
export {
  type Counts,
  countsSchema,
  eventSchema,
  type Outcome,
  outcomeSchema,
  type RunEvent,
  type RunReport,
  reportSchema,
} from './engine/events.js';
export { runPlays } from './engine/run/run.js';
export type { RunOptions } from './engine/run/run-context.js';
export { type GroupData, type Inventory, type InventoryData, loadInventory } from './inventory/load.js';
export { expectIdempotent } from './library/expect-idempotent.js';
export { type FakeHost, type FakeHostOptions, fakeHost } from './library/fake-host.js';
export type { HostAddress } from './library/role-target.js';
export { run, type SiteRun, type SiteRunOptions } from './library/run.js';
export type { RoleTestOptions } from './library/run-role.js';
export type { TaskReport } from './library/task-report.js';
export { type RoleTest, testRole } from './library/test-role.js';
export { defineResource, taskOf } from './model/define-resource.js';
export type { Facts } from './model/facts.js';
export { type ControllerFileCheck, controllerFile } from './model/marks/controller-file.js';
export { keepSecrets, secret } from './model/marks/secret.js';
export type { ParamsRenderer } from './model/params-renderer.js';
export type { ConnectionSettings, HostProgram, Play } from './model/play.js';
export type {
  Apply,
  ControllerFiles,
  ControllerSession,
  Diff,
  HostContext,
  Plan,
  Ref,
  Reply,
  Resource,
} from './model/resource.js';
export { defineRole, type Role, type RoleContext, type RunFlags, tasksOf } from './model/role.js';
export {
  type Become,
  type Block,
  type Flush,
  flushHandlers,
  type Judgement,
  type ResourceFactory,
  type ResourceKind,
  type Results,
  type Stage,
  stage,
  type Task,
  type TaskItem,
  type TaskOptions,
  type TaskResult,
} from './model/task.js';
export { type BlockOptions, taskBlock } from './model/task-block.js';
export { craneConfigErrors } from './publish/crane/config/crane-config.js';
export { cloudFrontKeyError } from './publish/links/cloudfront-links.js';
export { type RedirectFiles, readRedirectFiles } from './publish/redirects/redirect-files.js';
export { longestSigned, parseS3Address } from './publish/stores/s3-settings.js';
export { readSavedImageId, type SavedImageId } from './registry/archive/saved-image-id.js';
export { attachmentsModes } from './registry/attachments-mode.js';
export { type OpenedRegistry, openRegistry, type RegistryOptions } from './registry/client/open.js';
export { type SyncOptions, type SyncOutcome, syncImages } from './registry/copy/sync-images.js';
export type { ImageResult, SyncReport } from './registry/copy/sync-report.js';
export { entryAt, prefixedName } from './registry/lists/entry-fields.js';
export { imagePattern, nameOfLoaded, registryName } from './registry/lists/entry-schema.js';
export { imageEntry } from './registry/lists/image-entry.js';
export type { ImageList, WantedImages, WantedTag } from './registry/lists/image-list.js';
export { parseImageList, readImageList } from './registry/lists/read.js';
export { sendToTargets } from './registry/lists/target-registries.js';
export { isRepository, isTag } from './registry/names.js';
export { RegistryError } from './registry/registry-error.js';
export { registryLimits } from './registry/registry-limits.js';
export { accessRules } from './registry/server/access/access-schema.js';
export { resourceKinds } from './resources/all.js';
export { insecureRegistryError, mirrorError } from './resources/engines/docker-daemon/dockerd-rules.js';
export { logOptionError } from './resources/engines/docker-daemon/log-drivers.js';
export { registryQuestions } from './resources/images/registry-questions.js';
export * from './resources/kinds.js';
export { byteSize } from './resources/mounts/byte-size.js';
export { foreignLinkIn, printForeignLink, refuseForeignLink } from './resources/path/foreign-link.js';
export { registryRefs } from './resources/path/registry-refs.js';
export { unitName } from './resources/services/unit-name.js';
export { joinSh, quote, Sh, type ShValue, sh } from './sh.js';
export { type LoadedSite, loadSite, type PlayListing } from './site/load.js';
export { type RoleCatalog, roleCatalog } from './site/modules/catalog.js';
export {
  defineSite,
  type RoleUse,
  type SiteContext,
  type SiteModule,
  type SitePlay,
  type SiteTasks,
  use,
} from './site/modules/define-site.js';
export { controllerFiles } from './site/render/files.js';
export { parseExtraVars, type Variable, type VariableTable } from './vars/variables.js';
