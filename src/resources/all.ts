import type { ResourceKind } from '../model/task.js';
import { group } from './accounts/group.js';
import { user } from './accounts/user.js';
import { assert } from './actions/assert.js';
import { command } from './actions/command.js';
import { debug } from './actions/debug.js';
import { fail } from './actions/fail.js';
import { wait } from './actions/wait.js';
import { ca_certificate } from './certificate/ca-certificate.js';
import { certificate } from './certificate/certificate.js';
import { embedded_registry } from './embedded/embedded-registry.js';
import { containerd_config } from './engines/containerd-config.js';
import { docker_daemon } from './engines/docker-daemon/docker-daemon.js';
import { docker_options } from './engines/docker-options.js';
import { docker_sysconfig } from './engines/docker-sysconfig.js';
import { pull_check } from './engines/pull-check.js';
import { registries_conf } from './engines/registries-conf.js';
import { block } from './files/block.js';
import { directory } from './files/directory.js';
import { file } from './files/file.js';
import { get_url } from './files/get-url/get-url.js';
import { json_file } from './files/json/json-file.js';
import { line } from './files/line.js';
import { link } from './files/link.js';
import { template } from './files/template.js';
import { toml_file } from './files/toml-file.js';
import { unarchive } from './files/unarchive/unarchive.js';
import { firewall_port } from './firewall-port/firewall-port.js';
import { htpasswd } from './htpasswd/htpasswd.js';
import { images } from './images/images.js';
import { seboolean } from './kernel/selinux-boolean.js';
import { sefcontext } from './kernel/selinux-context.js';
import { sysctl } from './kernel/sysctl.js';
import { mount } from './mounts/mount.js';
import { mount_unit } from './mounts/mount-unit.js';
import { storage_preflight } from './mounts/storage-preflight.js';
import { packages } from './packages/package.js';
import { cron } from './services/cron/cron.js';
import { service } from './services/service.js';
import { systemd_timer } from './services/systemd-timer.js';

/** Every kind of resource that a site may name. */
export const resourceKinds: readonly ResourceKind[] = [
  file,
  directory,
  link,
  template,
  get_url,
  unarchive,
  line,
  block,
  json_file,
  packages,
  registries_conf,
  containerd_config,
  toml_file,
  pull_check,
  service,
  user,
  group,
  mount,
  mount_unit,
  storage_preflight,
  firewall_port,
  seboolean,
  sefcontext,
  systemd_timer,
  cron,
  sysctl,
  docker_sysconfig,
  docker_options,
  docker_daemon,
  command,
  wait,
  images,
  embedded_registry,
  certificate,
  ca_certificate,
  htpasswd,
  debug,
  assert,
  fail,
];
