import { defineRole, stage, type TaskItem, tasksOf } from '../../src/index.js';
import imageSync from '../image-sync/index.js';
import { registry_look } from '../image-sync/registry-look.js';
import { type Addresses, addressesOf } from './addresses.js';
import { already_configured } from './already-configured.js';
import { configure, configureUndercloud } from './configure.js';
import { checkedHost, type HostCheck, host_check } from './undercloud/host-check.js';
import type { PrepareSettings } from './undercloud/prepare-command.js';
import { undercloudImages } from './undercloud/undercloud-images.js';
import { type OlderRoleVars, vars } from './vars.js';

const checked = 'docker registry check';

/** The older role in its documented order: check, skip or configure, sync, check, error. */
export default defineRole({
  name: 'docker-registry-setup',
  summary: "Set up a registry and sync images into it, with the older Ansible role's names",
  vars,
  tasks: (context) => {
    const { vars, host, flags, inventoryHostname } = context;
    const addresses = addressesOf(vars, inventoryHostname);
    const asked = prepareSettings(vars, addresses);
    const force = vars.docker_registry_setup_force || host.force;
    const sync = flags.sync ?? (vars.docker_registry_setup_sync && vars.docker_registry_sync);
    // Made here although it may not come to it, so that errors in the list are found before anything is contacted.
    const images = plainImages(vars, addresses, context);

    const sequel = (found: HostCheck): readonly TaskItem[] => {
      const local = found.undercloud ? addresses.undercloud : addresses.plain;
      const configured = found.repositories.length > 0 && !force;
      const skip = () =>
        already_configured({
          title: 'skip: already configured',
          registry: local,
          repositories: found.repositories.length,
        });
      return [
        ...(configured
          ? [skip()]
          : found.undercloud
            ? configureUndercloud(context, addresses, found)
            : configure(context, addresses)),
        ...(!found.undercloud
          ? images
          : [
              ...(configured && !sync
                ? []
                : undercloudImages(
                    {
                      asked,
                      client: vars.docker_registry_setup_tripleo_command,
                      way: vars.image_sync_via ?? 'openstack',
                      sync,
                      force: vars.docker_registry_setup_force,
                    },
                    found,
                    context,
                  )),
              ...(sync ? [] : [registry_look({ title: `look at ${local}`, registry: local })]),
            ]),
        registry_look({
          title: 'check: the registry holds images',
          registry: local,
          message: `no registry available at ${local} for ${addresses.namespace} from ${addresses.upstream}`,
        }),
      ];
    };

    const { decided } = addresses;
    return [
      host_check({
        title:
          decided === undefined
            ? 'check: is this an undercloud, and is there a registry'
            : `check: is there a registry at ${decided ? addresses.undercloud : addresses.plain}`,
        plain: addresses.plain,
        undercloud: addresses.undercloud,
        ...(decided === undefined ? {} : { decided }),
        profile: vars.docker_registry_setup_undercloud_profile,
        asked,
        client: vars.docker_registry_setup_tripleo_command,
        register: checked,
      }),
      stage('skip or configure', (results) => sequel(checkedHost(results, checked))),
    ];
  },
});

function plainImages(
  vars: OlderRoleVars,
  { plain, upstream, namespace, tag }: Addresses,
  context: Parameters<typeof configure>[0],
): readonly TaskItem[] {
  const names = vars.docker_registry_setup_images ?? vars.docker_registry_setup_container_images;
  return tasksOf(imageSync, context, {
    image_sync_upstream: upstream,
    image_sync_local: plain,
    image_sync_namespace: namespace,
    image_sync_prefix: vars.docker_registry_setup_image_prefix,
    image_sync_images: [...new Set(names)].map((name) => ({ name, tag })),
    image_sync_via: vars.image_sync_via === 'openstack' ? 'auto' : vars.image_sync_via,
    docker_registry_setup_sync: vars.docker_registry_setup_sync,
    docker_registry_sync: vars.docker_registry_sync,
  });
}

function prepareSettings(vars: OlderRoleVars, { upstream, undercloud, namespace, tag }: Addresses): PrepareSettings {
  return {
    namespace: `${upstream}/${namespace}`,
    destination: undercloud,
    prefix: vars.docker_registry_setup_image_prefix,
    tag,
    tagFromLabel: vars.docker_registry_setup_tag_from_label,
    set: vars.docker_registry_setup_prepare_set,
    excludes: vars.docker_registry_setup_prepare_excludes,
    options: vars.docker_registry_setup_prepare_options,
    imagesFile: vars.docker_registry_setup_upstream_images_file,
    environmentFile: vars.docker_registry_setup_overcloud_images_file,
  };
}
