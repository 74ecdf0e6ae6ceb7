import { z } from 'zod';
import { namespaceCredential } from '../docker-config/credentials.js';
import { imageName } from '../docker-config/image-name.js';
import { registrySettings } from '../docker-config/podman/registry-settings.js';
import { registryCertificate } from '../docker-config/registry-certificate.js';

const userName = z.string().regex(/^[a-z_][a-z0-9_-]*\$?$/i, { error: 'must be the name of a user' });
const home = z.string().regex(/^\/[^\s'"\\]+[^/\s'"\\]$/, { error: 'must be an absolute path' });

export const vars = z.object({
  podman_install: z.boolean().default(false).describe('Install podman where it is missing'),
  podman_packages: z.array(z.string()).default(['podman']).describe('Packages that bring it'),
  podman_registries: registrySettings.registries.describe(
    'Registries: `{registry: "registry1:5000", insecure: true, mirrors: [{registry: "m:5000", insecure: true}], location, blocked}`',
  ),
  podman_search_registries: registrySettings.search.describe(
    'Registries that are searched for names without one, in this order',
  ),
  podman_short_name_mode: registrySettings.short_name_mode.describe('Policy for names without a registry'),
  podman_ca_certificates: z
    .array(registryCertificate)
    .default([])
    .describe(
      'Certificate authorities of single registries, under `/etc/containers/certs.d`: `src`, `content`, or `from: own-ca`; with `client: {certificate, key}` also the client certificate of podman',
    ),
  podman_auths: z
    .array(namespaceCredential)
    .default([])
    .describe(
      'Accounts to pull and push with, each with `registry`, `username`, `password`: in `.config/containers/auth.json` of root and of the users',
    ),
  podman_system: z
    .boolean()
    .default(true)
    .describe('Configure the whole host, in `/etc/containers`, which users without root read too'),
  podman_users: z
    .array(
      z.union([userName, z.strictObject({ name: userName, home: home.optional() })]).transform((user) => {
        const { name, home } = typeof user === 'string' ? { name: user, home: undefined } : user;
        return { name, home: home ?? (name === 'root' ? '/root' : `/home/${name}`) };
      }),
    )
    .default([])
    .describe(
      'Users who get it in their own `~/.config/containers`, and whose podman has to pull the proof: names, or `{name, home}` where the home is not `/home/NAME`',
    ),
  podman_proof_image: imageName
    .optional()
    .describe(
      'Image that podman must be able to pull, at the end: pulled where it is missing, and after each change of the configuration',
    ),
  podman_config_force: z
    .boolean()
    .default(false)
    .describe('Update existing configuration that differs, as `--force` does'),
});
