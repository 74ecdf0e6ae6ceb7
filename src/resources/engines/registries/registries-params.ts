import { z } from 'zod';
import { editParams } from '../../content/edit-params.js';
import { absolutePath } from '../../path/path-params.js';
import type { RegistryTable } from './registries-text.js';

const registryName = z.string().regex(/^[A-Za-z0-9*[][A-Za-z0-9.:_/[\]-]*$/, {
  error: 'must be a registry as podman names it: host, host:port, host:port/namespace or *.domain',
});

/** Parameters of `registries_conf`. */
export const registriesParams = z.strictObject({
  ...editParams,
  path: editParams.path.default('/etc/containers/registries.conf.d/90-provision.conf'),
  create: z.boolean().default(true).describe('Create the file from the template if it does not exist'),
  src: z
    .string()
    .default('etc/containers/registries.conf.d/provision.conf.hbs')
    .describe('Template for a file that does not exist yet'),
  main: absolutePath
    .default('/etc/containers/registries.conf')
    .describe('The main file, which must not be of version 1 of the format'),
  registries: z
    .array(
      z.strictObject({
        registry: registryName.describe('Beginning of the names of images: host, host:port/namespace, *.domain'),
        location: registryName.optional().describe('Registry that they are really pulled from; default: the same'),
        insecure: z.boolean().optional().describe('Use plain http, or https without verifying'),
        blocked: z.boolean().optional().describe('Refuse to pull from there'),
        mirrors: z
          .array(z.strictObject({ registry: registryName, insecure: z.boolean().optional() }))
          .default([])
          .describe('Registries to ask first'),
      }),
    )
    .default([])
    .describe('Registries, with their settings'),
  search: z.array(registryName).optional().describe('Registries to look for names without a registry in, in order'),
  short_name_mode: z
    .enum(['enforcing', 'permissive', 'disabled'])
    .optional()
    .describe('Treatment of such a name, as podman has it'),
});

export type RegistriesParams = z.output<typeof registriesParams>;

/** Returns the table that the file is to have for a registry. */
export function registryTableFor({
  registry,
  location,
  insecure,
  blocked,
  mirrors,
}: RegistriesParams['registries'][number]): RegistryTable {
  // A wildcard has no location of its own, and whatever else has one must say it.
  const where = registry.startsWith('*.') || location !== undefined ? { prefix: registry } : {};
  return {
    ...where,
    ...(registry.startsWith('*.') ? {} : { location: location ?? registry }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(mirrors.length === 0
      ? {}
      : {
          mirror: mirrors.map(({ registry, insecure }) => ({
            location: registry,
            ...(insecure === undefined ? {} : { insecure }),
          })),
        }),
  };
}

/** Returns the settings that the file is to have beside its registries. */
export function registriesSettings({ search, short_name_mode }: RegistriesParams): Record<string, string | string[]> {
  return {
    ...(search === undefined ? {} : { 'unqualified-search-registries': search }),
    ...(short_name_mode === undefined ? {} : { 'short-name-mode': short_name_mode }),
  };
}
