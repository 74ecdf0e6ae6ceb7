import {
  command,
  defineRole,
  directory,
  flushHandlers,
  packages,
  type Results,
  type RoleContext,
  service,
  type TaskItem,
  template,
  wait,
} from '../../src/index.js';
import { container_image } from './container-image.js';
import { absentRegistry, embeddedRegistry } from './embedded.js';
import { platformOf } from './platform.js';
import { registry_container } from './registry-container.js';
import { registry_state } from './registry-state.js';
import { registry_storage } from './registry-storage.js';
import { validateConfig } from './validate-config.js';
import { type RegistryVars, vars } from './vars.js';

export default defineRole({
  name: 'registry-setup',
  summary: 'Set up a private registry',
  vars,
  tasks: (context) => {
    const { vars } = context;
    if (vars.registry_runtime === 'embedded') return embeddedRegistry(context);
    if (vars.registry_state === 'absent') return absentRegistry(context);
    return installedRegistry(context);
  },
});

/** A registry of the distribution's, as a service or in a container. */
function installedRegistry({ vars, facts, host }: RoleContext<RegistryVars>): readonly TaskItem[] {
  const { packages: names, service: unit, binary, configPath, storageDirectory, user } = platformOf(vars, facts);
  const inContainer = vars.registry_runtime === 'docker';
  const name = vars.registry_container_name;
  const force = vars.registry_force || vars.docker_registry_setup_force;
  const url = `${vars.registry_tls === undefined ? 'http' : 'https'}://${vars.registry_address || 'localhost'}:${vars.registry_port}`;
  const found = `registry at ${url}`;
  const when = (results: Results) => !isForeign(results.get(found));
  const installed = names.map((each) => `package:${each}` as const);

  const restart = inContainer
    ? command({
        when,
        title: 'restart registry',
        cmd: `docker restart ${name}`,
        // A container that was started behind the change has read it.
        only_if: `[ "$(date -d "$(docker inspect -f '{{.State.StartedAt}}' ${name})" +%s)" -le "$(stat -c %Y ${configPath})" ]`,
      })
    : service({ when, title: 'restart registry', name: unit, state: 'restarted' });
  const files = [vars.registry_tls?.certificate, vars.registry_tls?.key, vars.registry_htpasswd].filter(
    (path) => path !== undefined,
  );
  const bind = (source: string, target: string) => `type=bind,source=${source},target=${target}`;
  const mounts = [bind(storageDirectory, '/var/lib/registry'), ...files.map((path) => `${bind(path, path)},readonly`)];
  const configuration = template({
    when,
    src: 'etc/docker/registry/config.yml.hbs',
    dest: configPath,
    data: {
      storage_directory: inContainer ? '/var/lib/registry' : storageDirectory,
      address: inContainer ? ':5000' : `${vars.registry_address}:${vars.registry_port}`,
      read_only: vars.registry_read_only,
      delete_enabled: vars.registry_delete_enabled,
      tls: vars.registry_tls ?? false,
      htpasswd: vars.registry_htpasswd ?? false,
      htpasswd_realm: vars.registry_htpasswd_realm,
    },
    force,
    force_variable: 'docker_registry_setup_force',
    needs: installed,
    // A folder that is staged into has no registry that could try it out.
    ...(host.root === ''
      ? { validate: validateConfig(inContainer ? { image: vars.registry_image, mounts } : { binary }) }
      : {}),
    notify: restart,
  });
  const storage = registry_storage({
    when,
    path: storageDirectory,
    ...(user === undefined ? {} : { user }),
    write: !vars.registry_read_only,
    needs: installed,
  });
  return [
    registry_state({
      title: 'is a registry there already',
      url,
      ...(inContainer ? { container: name } : { service: unit }),
      force: force || host.force,
      register: found,
    }),
    ...(inContainer
      ? [
          storage,
          directory({ when, path: '/etc/docker/registry', mode: '0755' }),
          container_image({
            when,
            name: vars.registry_image,
            ...(vars.registry_image_archive === undefined ? {} : { archive: vars.registry_image_archive }),
          }),
          configuration,
          registry_container({
            when,
            name,
            image: vars.registry_image,
            publish: `${vars.registry_address === '' ? '' : `${vars.registry_address}:`}${vars.registry_port}:5000`,
            mounts: [...mounts, `${bind(configPath, '/etc/docker/registry/config.yml')},readonly`],
            force,
          }),
        ]
      : [
          packages({ when, name: [...names] }),
          storage,
          configuration,
          service({ when, name: unit, state: 'started', enabled: true }),
        ]),
    flushHandlers,
    wait({
      title: 'the registry answers',
      http: { url: `${url}/v2/`, status: [200, 401], insecure: true },
      timeout: 30,
      needs: [inContainer ? `service:${name}` : `service:${unit}`],
    }),
  ];
}

function isForeign(registered: unknown): boolean {
  return (
    typeof registered === 'object' && registered !== null && 'foreign' in registered && registered.foreign === true
  );
}
