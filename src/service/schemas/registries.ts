import { z } from 'zod';
import { isUpstream, registryKinds } from '../../library/registries/registries-file.js';
import { isRegistryHost } from '../../registry/names.js';
import { visibilities } from '../access/rights/roles.js';
import { registryDrift } from './drift.js';
import { plainText, time } from './fields.js';

const hostPath = plainText(1000).regex(/^\/(?!.*\/\.{1,2}(\/|$))/, {
  error: 'must be an absolute path without . and ..',
});

/** Place of a registry's images. */
const storage = z.union([
  z.strictObject({
    nfs: z
      .strictObject({
        server: z.string().regex(/^[\w.:[\]-]{1,255}$/, { error: 'must be the name or address of a host' }),
        path: hostPath.describe('Path of the share; `{version}` in it is the version'),
        options: plainText(500)
          .regex(/^[^\s\\]+$/, { error: 'must be options separated by commas' })
          .optional(),
      })
      .describe('Share of an NFS server'),
  }),
  z.strictObject({ directory: hostPath.describe('Folder of the host') }),
  z.strictObject({
    s3: z
      .record(z.string(), z.unknown())
      .describe('As `registry_s3` of the role. Secrets: {{name}} of a variable in the vault'),
  }),
]);

/** Fields of a registry; those that are left out are the site's. */
const fields = {
  port: z
    .union([z.literal('auto'), z.int().min(1).max(65_535)])
    .describe('`auto`: one from 5000 to 5999 that is free on the host, which is looked at'),
  version: z
    .union([z.string(), z.int()])
    .transform(String)
    .pipe(z.string().regex(/^[\w.-]{1,64}$/, { error: 'must be letters, digits, ".", "_" and "-"' }))
    .describe('Version of its content, which selects the share'),
  storage,
  runtime: z.enum(['package', 'docker', 'podman', 'embedded']),
  readOnly: z.boolean().describe('Refuse pushes and deletes'),
  delete: z.boolean().describe('Allow deletion'),
  visibility: z.enum(visibilities).describe('Of its repositories that no rule is about'),
  kind: z
    .enum(registryKinds)
    .describe(
      'By whom it is for: `sponsor`, pulled without a login; `mirror`, with a login, changed by its robots alone; `vendor`, nothing is deleted; `private`, nothing without a login',
    ),
  upstream: z
    .string()
    .refine(isUpstream, { error: 'must be https://HOST or http://HOST' })
    .describe('Registry that a mirror has the images of'),
  description: plainText(1000),
  address: z
    .string()
    .refine(isRegistryHost, { error: 'must be HOST or HOST:PORT' })
    .describe('Address in references. Default: the host with the port'),
  trusted: z.boolean().describe('It takes the tokens of this service (`registry_auth: {service: …}`)'),
  settings: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'must be a setting of registry-setup without registry_' }),
      z.unknown(),
    )
    .describe('Other settings of the role registry-setup, without `registry_`'),
};

const registryName = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, {
  error: 'must be small letters, digits, "_", "." and "-", at most 63',
});

export const newRegistry = z.strictObject({
  name: registryName.optional().describe('Default: `registryPORT`'),
  host: plainText(255).min(1).describe('Name of the host in the inventory'),
  ...fields,
  port: fields.port.default('auto'),
  version: fields.version.optional(),
  storage: storage.optional(),
  runtime: fields.runtime.optional(),
  readOnly: fields.readOnly.default(true),
  delete: fields.delete.optional(),
  visibility: fields.visibility.optional(),
  kind: fields.kind.optional(),
  upstream: fields.upstream.optional(),
  description: fields.description.optional(),
  address: fields.address.optional(),
  trusted: fields.trusted.optional(),
  settings: fields.settings.optional(),
});
export type NewRegistry = z.output<typeof newRegistry>;

/** Changes of a registry (JSON merge patch, RFC 7396): null takes a field away. */
export const registryChanges = z
  .strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, schema]) => [name, (schema as z.ZodType).nullable().optional()]),
    ),
  )
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), { error: 'must change something' });

/** Registry as answers have it. */
export const registrySchema = z
  .object({
    name: z.string(),
    address: z.string().describe('Address in references'),
    managed: z.boolean().describe('It stands in `registries.yaml`: it is made, changed and deleted by this API'),
    host: z.string().nullable().describe('Host of the inventory'),
    port: z.number().nullable(),
    version: z.string().nullable(),
    storage: z.record(z.string(), z.unknown()).nullable(),
    runtime: z.string().nullable(),
    readOnly: z.boolean(),
    delete: z.boolean().nullable(),
    visibility: z.string().nullable(),
    kind: z.enum(registryKinds).nullable().describe('Null: visibility and roles alone decide'),
    upstream: z.string().nullable().describe('Registry that a mirror has the images of'),
    description: z.string(),
    trusted: z.boolean().describe('It takes the tokens of this service'),
    settings: z.record(z.string(), z.unknown()),
    leaving: z.boolean().describe('It is being deleted'),
    job: z.string().nullable().describe('Last job about it'),
    result: z.string().nullable().describe('Result of that job; null while it runs'),
    reconciledAt: time.nullable().describe('When the index was last compared with all it has'),
    error: z.string().describe('Why that failed; empty: it did not'),
    drift: registryDrift.nullable().describe('Null: it does not stand in `registries.yaml`'),
  })
  .meta({ id: 'Registry' });
