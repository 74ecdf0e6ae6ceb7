import { z } from 'zod';
import { overcloudImages } from './overcloud-images.js';
import { undercloudProfile } from './undercloud/profile.js';

/** YAML reads 13.0 as the number 13, which would be another tag. */
const quoted = z.string({
  error: ({ input }) => (typeof input === 'number' ? 'must be written in quotes: YAML reads 13.0 as 13' : undefined),
});
const fileName = z.string().regex(/^[^\s'"]+$/, { error: 'must be a file, without blanks and quotes' });
const port = z
  .union([z.int().min(1).max(65_535), z.string().regex(/^\d*$/, { error: 'must be a port' })])
  .transform(String);

export const vars = z.object({
  docker_registry_setup_upstream_hostname: z
    .string()
    .default('registry.access.redhat.com')
    .describe('Registry that images come from'),
  docker_registry_setup_upstream_port: port.default('443').describe('Its port; empty: none is written'),
  docker_registry_setup_local_hostname: z
    .string()
    .optional()
    .describe("This registry's name. Default: the host's name in the inventory"),
  docker_registry_setup_local_port: port.default('5000').describe('Port of this registry; on an undercloud it is 8787'),
  docker_registry_setup_firewall: z
    .enum(['', 'firewalld', 'iptables', 'none'])
    .default('')
    .describe('Firewall to open the port in; empty: whichever runs; `none`: no change'),
  docker_registry_setup_ports: z
    .array(z.string().regex(/^\d+\/(tcp|udp)$/, { error: 'must be port/tcp or port/udp' }))
    .optional()
    .describe("Ports to open in the firewall. Default: the registry's own"),
  docker_registry_setup_services: z
    .array(z.string())
    .default([])
    .describe('Services to start and enable beside those of docker and the registry'),
  docker_registry_setup_image_prefix: z.string().default('openstack-').describe("Put before every image's name"),
  docker_registry_setup_rhosp_version: quoted.default('13.0').describe('Release: the default of tag and namespace'),
  docker_registry_setup_image_rhosp_version: quoted
    .optional()
    .describe("Alias of `docker_registry_setup_rhosp_version` (old role's documentation)"),
  docker_registry_setup__rhosp_version: quoted
    .optional()
    .describe('Alias of `docker_registry_setup_rhosp_version`, misspelt so in the old role'),
  docker_registry_setup_image_tag: quoted.optional().describe('Tag of the images. Default: the release'),
  docker_registry_setup_image_namespace: z
    .string()
    .optional()
    .describe('Namespace of the images. Default: `rhosp` and the number of the release'),
  docker_registry_setup_on_undercloud: z
    .union([z.boolean(), z.literal('')])
    .default('')
    .describe(
      "The host is an OpenStack undercloud, whose registry is at port 8787. Empty: it is if the profile says so; false: it isn't",
    ),
  docker_registry_setup_undercloud_check: z
    .boolean()
    .default(true)
    .describe('false: the profile is not used to recognise underclouds'),
  docker_registry_setup_undercloud_profile: undercloudProfile
    .prefault({})
    .describe(
      'Signs of an undercloud: `packages`, `services`, `files`, `dirs`. It is one if it has at least one of each; a part that is not given is as the installer leaves it',
    ),
  docker_registry_setup_upstream_images_file: fileName
    .default('upstream-container-images.yaml')
    .describe(
      "On an undercloud: file in stack's home that lists the images to upload, or from Rocky on what is to be prepared",
    ),
  docker_registry_setup_overcloud_images_file: fileName
    .default('overcloud-container-images.yaml')
    .describe("On an undercloud: file in stack's home with the overcloud's parameters"),
  docker_registry_setup_tripleo_command: z
    .enum(['auto', 'overcloud', 'tripleo'])
    .default('auto')
    .describe(
      'On an undercloud: `openstack overcloud container image`, or from Rocky on `openstack tripleo container image`; `auto`: the newer one where the client knows it',
    ),
  docker_registry_setup_tag_from_label: z
    .string()
    .optional()
    .describe("On an undercloud: look every image's tag up by its labels, `{version}-{release}`, instead of one tag"),
  docker_registry_setup_prepare_set: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'On an undercloud: more substitutions for the template of images: `{ceph_namespace: …, neutron_driver: ovn}`',
    ),
  docker_registry_setup_prepare_excludes: z
    .array(z.string())
    .default([])
    .describe('On an undercloud: regular expressions of RE2; images whose name one is found in are left out'),
  docker_registry_setup_prepare_options: z
    .array(z.string().regex(/^[^'"\\$`]*$/, { error: 'must hold no quotes, backslashes, $ or backticks' }))
    .default([])
    .describe('On an undercloud: more options of prepare, a word each: `[-e, environments/ironic.yaml]`'),
  image_sync_via: z
    .enum(['openstack', 'auto', 'direct', 'target', 'engine'])
    .optional()
    .describe(
      'Executor that copies images. Default: on an undercloud its own `openstack` command, elsewhere `auto`; the others as of the role image-sync, on an undercloud for the list that `openstack` printed. Where there is no undercloud, `openstack` means `auto`',
    ),
  docker_registry_setup_sync: z
    .boolean()
    .default(true)
    .describe('false: only inspect the registry, as `--no-sync` does'),
  docker_registry_sync: z
    .boolean()
    .default(true)
    .describe("Alias of `docker_registry_setup_sync` (old role's documentation)"),
  docker_registry_setup_force: z
    .boolean()
    .default(false)
    .describe('Configure a registry that has images in it already, as `--force` does'),
  docker_registry_setup_packages: z
    .array(z.string())
    .default([])
    .describe('Packages to install beside docker and the registry'),
  docker_registry_setup_container_image_utility: z
    .string()
    .default('skopeo')
    .describe('Ignored, accepted for older sites: `image_sync_via` chooses the executor, and skopeo is not needed'),
  docker_registry_setup_url_suffix: z
    .string()
    .default('/v2/_catalog')
    .describe('Ignored, accepted for older sites: a registry is always asked for `/v2/` and its catalog'),
  docker_registry_setup_tls_verify: z
    .boolean()
    .default(false)
    .describe('false: docker may use the upstream registry without verification'),
  docker_registry_setup_container_images: z
    .array(z.union([z.string(), z.strictObject({ imagename: z.string() }).transform(({ imagename }) => imagename)]))
    .default([...overcloudImages])
    .describe('Images, without namespace, prefix and tag. Default: those of an OpenStack overcloud'),
  docker_registry_setup_images: z
    .array(z.string())
    .optional()
    .describe('Alias of `docker_registry_setup_container_images` (old role)'),
});

export type OlderRoleVars = z.output<typeof vars>;
