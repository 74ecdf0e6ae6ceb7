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
export { type RunOptions, run as runPlays } from './engine/run.js';
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
export { secret } from './model/secret.js';
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
export { type OpenedRegistry, openRegistry, type RegistryOptions } from './registry/client/open.js';
export { type SyncOptions, type SyncOutcome, syncImages } from './registry/copy/sync-images.js';
export type { ImageResult, SyncReport } from './registry/copy/sync-report.js';
export { imageEntry, imagePattern } from './registry/lists/image-entry.js';
export type { ImageList, WantedImages, WantedTag } from './registry/lists/image-list.js';
export { parseImageList, readImageList } from './registry/lists/read.js';
export { isRepository, isTag } from './registry/reference.js';
export { RegistryError } from './registry/registry-error.js';
export { resourceKinds } from './resources/all.js';
export { assert } from './resources/assert.js';
export { block } from './resources/block.js';
export { byteSize } from './resources/byte-size.js';
export { ca_certificate } from './resources/ca-certificate.js';
export { certificate } from './resources/certificate.js';
export { command } from './resources/command.js';
export { containerd_config } from './resources/containerd-config.js';
export { cron } from './resources/cron.js';
export { debug } from './resources/debug.js';
export { directory } from './resources/directory.js';
export { docker_daemon } from './resources/docker-daemon.js';
export { docker_options } from './resources/docker-options.js';
export { docker_sysconfig } from './resources/docker-sysconfig.js';
export { embedded_registry } from './resources/embedded-registry.js';
export { fail } from './resources/fail.js';
export { file } from './resources/file.js';
export { firewall_port } from './resources/firewall-port.js';
export { foreignLinkIn, printForeignLink, refuseForeignLink } from './resources/foreign-link.js';
export { get_url } from './resources/get-url.js';
export { group } from './resources/group.js';
export { htpasswd } from './resources/htpasswd.js';
export { registryQuestions } from './resources/images/registry-questions.js';
export { images } from './resources/images.js';
export { json_file } from './resources/json-file.js';
export { line } from './resources/line.js';
export { link } from './resources/link.js';
export { mount } from './resources/mount.js';
export { mount_unit } from './resources/mount-unit.js';
export { packages } from './resources/package.js';
export { pull_check } from './resources/pull-check.js';
export { registries_conf } from './resources/registries-conf.js';
export { seboolean } from './resources/selinux-boolean.js';
export { sefcontext } from './resources/selinux-context.js';
export { service } from './resources/service.js';
export { storage_preflight } from './resources/storage-preflight.js';
export { sysctl } from './resources/sysctl.js';
export { systemd_timer } from './resources/systemd-timer.js';
export { template } from './resources/template.js';
export { toml_file } from './resources/toml-file.js';
export { unarchive } from './resources/unarchive.js';
export { unitName } from './resources/unit-name.js';
export { user } from './resources/user.js';
export { wait } from './resources/wait.js';
export { joinSh, quote, Sh, type ShValue, sh } from './sh.js';
export { type RoleCatalog, roleCatalog } from './site/catalog.js';
export {
  defineSite,
  type RoleUse,
  type SiteContext,
  type SiteModule,
  type SitePlay,
  type SiteTasks,
  use,
} from './site/define-site.js';
export { controllerFiles } from './site/files.js';
export { type LoadedSite, loadSite, type PlayListing } from './site/load.js';
export { parseExtraVars, type Variable, type VariableTable } from './vars/variables.js';
