import { join } from 'node:path';
import { z } from 'zod';
import type { Place } from '../../diagnostics/diagnostic.js';

/** Name of the file beside a site that has the registries a service manages. */
export const registriesFileName = 'registries.yaml';

/** Kinds of registries, by whom they are for. */
export const registryKinds = ['private', 'sponsor', 'mirror', 'vendor'] as const;

/** Returns true for the address of a registry that another mirrors: `https://registry.example.com`. */
export function isUpstream(text: string): boolean {
  return /^https?:\/\/[A-Za-z0-9.[\]:-]{1,261}$/.test(text) && URL.canParse(text);
}

/** Keys for the service alone; all others are settings of `registry_managed`. */
const ofService = {
  visibility: z.enum(['public', 'internal', 'private']).optional(),
  kind: z.enum(registryKinds).optional(),
  /** Registry that a mirror has the images of. */
  upstream: z
    .string()
    .refine(isUpstream, { error: 'must be https://HOST or http://HOST, with a port where it has one, and no path' })
    .optional(),
  description: z.string().max(1000).optional(),
  /** Address in references, where it is not that of the host with the port. */
  address: z.string().optional(),
  /** It takes the service's tokens. */
  trusted: z.boolean().optional(),
};

const entrySchema = z.looseObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, {
    error: 'must be small letters, digits, "_", "." and "-", at most 63',
  }),
  port: z.int().min(1).max(65_535),
  state: z.enum(['present', 'absent']).optional(),
  ...ofService,
});

/** Content of the file. */
export const registriesFile = z.strictObject({
  registries: z.record(z.string(), z.array(entrySchema).nullable()).nullable().default({}),
});

/** Registry of a host as `registries.yaml` has it: a name, a port, and settings of the role registry-setup without `registry_`. */
export type ManagedRegistry = z.output<typeof entrySchema>;

/** Registries of a host. */
export interface RegistriesOfHost {
  readonly host: string;
  readonly registries: readonly ManagedRegistry[];
  readonly place?: Place;
}

/** Returns the path of a site's file of registries. */
export function registriesPath(folder: string): string {
  return join(folder, registriesFileName);
}

/**
 * Returns a registry as `registry_managed` has it: without what the service alone looks at. What a vendor publishes stays: its
 * embedded registry neither moves nor deletes tags, unless the entry has `immutable_tags` of its own.
 */
export function roleSettings(registry: ManagedRegistry): Record<string, unknown> {
  const settings = Object.fromEntries(Object.entries(registry).filter(([key]) => !(key in ofService)));
  const isPublished = registry.kind === 'vendor' && registry.runtime === 'embedded';
  return isPublished ? { immutable_tags: ['**:*'], ...settings } : settings;
}
