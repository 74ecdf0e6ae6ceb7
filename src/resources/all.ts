import type { ResourceKind } from '../model/task.js';
import { assert } from './assert.js';
import { block } from './block.js';
import { ca_certificate } from './ca-certificate.js';
import { certificate } from './certificate.js';
import { command } from './command.js';
import { containerd_config } from './containerd-config.js';
import { cron } from './cron.js';
import { debug } from './debug.js';
import { directory } from './directory.js';
import { docker_daemon } from './docker-daemon.js';
import { docker_options } from './docker-options.js';
import { docker_sysconfig } from './docker-sysconfig.js';
import { embedded_registry } from './embedded-registry.js';
import { fail } from './fail.js';
import { file } from './file.js';
import { firewall_port } from './firewall-port.js';
import { get_url } from './get-url.js';
import { group } from './group.js';
import { htpasswd } from './htpasswd.js';
import { images } from './images.js';
import { json_file } from './json-file.js';
import { line } from './line.js';
import { link } from './link.js';
import { mount } from './mount.js';
import { mount_unit } from './mount-unit.js';
import { packages } from './package.js';
import { pull_check } from './pull-check.js';
import { registries_conf } from './registries-conf.js';
import { seboolean } from './selinux-boolean.js';
import { sefcontext } from './selinux-context.js';
import { service } from './service.js';
import { storage_preflight } from './storage-preflight.js';
import { sysctl } from './sysctl.js';
import { systemd_timer } from './systemd-timer.js';
import { template } from './template.js';
import { toml_file } from './toml-file.js';
import { unarchive } from './unarchive.js';
import { user } from './user.js';
import { wait } from './wait.js';

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
