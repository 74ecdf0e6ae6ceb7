import { z } from 'zod';
import { overcloudImages } from './overcloud-images.js';

const text = z.union([z.string(), z.number()]).transform(String);
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
    .describe('Firewall to open the port in; empty: whichever runs; `none`: leave it alone'),
  docker_registry_setup_ports: z
    .array(z.string().regex(/^\d+\/(tcp|udp)$/, { error: 'must be port/tcp or port/udp' }))
    .optional()
    .describe("Ports to open in the firewall. Default: the registry's own"),
  docker_registry_setup_services: z
    .array(z.string())
    .default([])
    .describe('Services to start and enable beside those of docker and the registry'),
  docker_registry_setup_image_prefix: z.string().default('openstack-').describe("Put before every image's name"),
  docker_registry_setup_rhosp_version: text.default('13.0').describe('Release: the default of tag and namespace'),
  docker_registry_setup_image_tag: text.optional().describe('Tag of the images. Default: the release'),
  docker_registry_setup_image_namespace: z
    .string()
    .optional()
    .describe('Namespace of the images. Default: `rhosp` and the number of the release'),
  docker_registry_setup_on_undercloud: z
    .union([z.boolean(), z.literal('')])
    .default('')
    .describe('The registry is the one of an OpenStack undercloud, at port 8787'),
  docker_registry_setup_sync: z
    .boolean()
    .default(true)
    .describe('false: only look at what the registry holds, as `--no-sync` does'),
  docker_registry_sync: z
    .boolean()
    .default(true)
    .describe('The name that older documents have for `docker_registry_setup_sync`'),
  docker_registry_setup_force: z
    .boolean()
    .default(false)
    .describe('Configure a registry that has images in it already, as `--force` does'),
  docker_registry_setup_packages: z
    .array(z.string())
    .default([])
    .describe('Packages to install beside docker and the registry'),
  docker_registry_setup_tls_verify: z
    .boolean()
    .default(false)
    .describe('false: docker may talk to the upstream registry without verifying it'),
  docker_registry_setup_container_images: z
    .array(z.union([z.string(), z.strictObject({ imagename: z.string() }).transform(({ imagename }) => imagename)]))
    .default([...overcloudImages])
    .describe('Images, without namespace, prefix and tag. Default: those of an OpenStack overcloud'),
  docker_registry_setup_images: z
    .array(z.string())
    .optional()
    .describe('The older name of `docker_registry_setup_container_images`'),
});
