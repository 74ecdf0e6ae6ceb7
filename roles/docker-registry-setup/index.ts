import { defineRole, packages, type Results, service, stage, tasksOf } from '../../src/index.js';
import dockerConfig from '../docker-config/index.js';
import imageSync from '../image-sync/index.js';
import { registry_look } from '../image-sync/registry-look.js';
import registrySetup from '../registry-setup/index.js';
import { already_configured } from './already-configured.js';
import { openPort } from './open-port.js';
import { vars } from './vars.js';

const checked = 'docker registry check';

/** The older role in its documented order: check, skip or configure, sync, check, error. */
export default defineRole({
  name: 'docker-registry-setup',
  summary: "Set up a registry and sync images into it, with the older Ansible role's names",
  vars,
  tasks: (context) => {
    const { vars, host, inventoryHostname } = context;
    const hostname = vars.docker_registry_setup_local_hostname ?? inventoryHostname;
    const port = vars.docker_registry_setup_on_undercloud === true ? '8787' : vars.docker_registry_setup_local_port;
    const local = `${hostname}:${port}`;
    const upstream = [vars.docker_registry_setup_upstream_hostname, vars.docker_registry_setup_upstream_port]
      .filter((part) => part !== '')
      .join(':');
    const namespace =
      vars.docker_registry_setup_image_namespace ?? `rhosp${vars.docker_registry_setup_rhosp_version.split('.')[0]}`;
    const tag = vars.docker_registry_setup_image_tag ?? vars.docker_registry_setup_rhosp_version;
    const names = vars.docker_registry_setup_images ?? vars.docker_registry_setup_container_images;
    const force = vars.docker_registry_setup_force;

    const configure = () => [
      ...(vars.docker_registry_setup_packages.length > 0
        ? [packages({ name: vars.docker_registry_setup_packages })]
        : []),
      ...tasksOf(dockerConfig, context, {
        docker_install: true,
        docker_insecure_registries: [local, ...(vars.docker_registry_setup_tls_verify ? [] : [upstream])],
        docker_config_satisfied_by: [hostname, vars.docker_registry_setup_upstream_hostname],
        docker_config_force: force,
      }),
      ...(vars.docker_registry_setup_ports ?? [`${port}/tcp`]).flatMap((each) =>
        openPort(each, vars.docker_registry_setup_firewall),
      ),
      ...tasksOf(registrySetup, context, {
        registry_runtime: 'package',
        registry_port: Number(port),
        docker_registry_setup_force: force,
      }),
      ...vars.docker_registry_setup_services.map((name) => service({ name, state: 'started', enabled: true })),
    ];

    return [
      registry_look({
        title: `check: is there a registry at ${local}`,
        registry: local,
        required: false,
        register: checked,
      }),
      stage('skip or configure', (results) => {
        const repositories = repositoriesIn(results);
        if (repositories === 0 || force || host.force) return configure();
        return [already_configured({ title: 'skip: already configured', registry: local, repositories })];
      }),
      ...tasksOf(imageSync, context, {
        image_sync_upstream: upstream,
        image_sync_local: local,
        image_sync_namespace: namespace,
        image_sync_prefix: vars.docker_registry_setup_image_prefix,
        image_sync_images: [...new Set(names)].map((name) => ({ name, tag })),
        docker_registry_setup_sync: vars.docker_registry_setup_sync,
        docker_registry_sync: vars.docker_registry_sync,
      }),
      registry_look({
        title: 'check: the registry holds images',
        registry: local,
        message: `no registry available at ${local} for ${namespace} from ${upstream}`,
      }),
    ];
  },
});

function repositoriesIn(results: Results): number {
  const found = results.get(checked);
  if (typeof found !== 'object' || found === null || !('repositories' in found)) return 0;
  return Array.isArray(found.repositories) ? found.repositories.length : 0;
}
