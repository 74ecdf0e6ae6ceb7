import { z } from 'zod';
import { hostCredential } from '../docker-config/credentials.js';
import { imageName } from '../docker-config/image-name.js';
import { registryCertificate } from '../docker-config/registry-certificate.js';

const hostAndPort = z.string().regex(/^[A-Za-z0-9[][A-Za-z0-9.:_[\]-]*$/, { error: 'must be host or host:port' });
const url = z.string().regex(/^https?:\/\/[^\s'"\\]+$/, { error: 'must be a URL: https://registry1:5000' });
const folder = z.string().regex(/^\/[^\s:'"\\]+$/, { error: 'must be an absolute path' });

const mirror = z
  .strictObject({
    registry: hostAndPort.optional(),
    url: url.optional(),
    insecure: z.boolean().default(false),
    capabilities: z.array(z.enum(['pull', 'resolve', 'push'])).default(['pull', 'resolve']),
    override_path: z.boolean().default(false),
  })
  .refine(({ registry, url }) => (registry === undefined) !== (url === undefined), {
    error: 'needs registry or url. Give one of them',
  });

const registry = z.strictObject({
  registry: z.union([hostAndPort, z.literal('_default')]),
  insecure: z.boolean().default(false),
  location: url.optional(),
  mirrors: z.array(mirror).default([]),
});

export type ContainerdRegistry = z.output<typeof registry>;

export const vars = z.object({
  containerd_install: z.boolean().default(false).describe('Install containerd where it is missing'),
  containerd_packages: z
    .array(z.string())
    .optional()
    .describe('Packages that bring it. Default: `containerd` on Debian, `containerd.io` on the Red Hat family'),
  containerd_service: z
    .string()
    .regex(/^[A-Za-z0-9][\w@.-]*$/, { error: 'must be the name of a service' })
    .default('containerd')
    .describe('Its service'),
  containerd_registries: z
    .array(registry)
    .refine((all) => new Set(all.map(({ registry }) => registry)).size === all.length, {
      error: 'contains a registry twice. Remove one entry',
    })
    .default([])
    .describe(
      'Registries: `{registry: "registry1:5000", insecure: true, location: "https://…", mirrors: [{registry or url, insecure, capabilities, override_path}]}`. `insecure`: plain http, or without verifying where the URL is one of https. `_default` is for all others; it needs a location or mirrors',
    ),
  containerd_ca_certificates: z
    .array(registryCertificate)
    .default([])
    .describe(
      'Certificate authorities of single registries: `src`, `content`, or `from: own-ca`; with `client: {certificate, key}` also the client certificate of containerd',
    ),
  containerd_auths: z
    .array(hostCredential)
    .default([])
    .describe(
      'Accounts to pull and push with, each with `registry`, `username`, `password`: in the hosts.toml of that registry, or mirror, which is then for root alone',
    ),
  containerd_certs_dir: folder.default('/etc/containerd/certs.d').describe('Folder of the hosts.toml files'),
  containerd_config_file: folder.default('/etc/containerd/config.toml').describe("Containerd's configuration"),
  containerd_proof_image: imageName
    .optional()
    .describe(
      'Image that containerd must be able to pull, at the end: pulled where it is missing, and after each change of the configuration',
    ),
  containerd_namespace: z.string().default('k8s.io').describe('Namespace that the proof is pulled into'),
  containerd_config_force: z
    .boolean()
    .default(false)
    .describe('Update existing configuration that differs, as `--force` does'),
});
