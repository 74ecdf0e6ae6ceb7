import { z } from 'zod';
import { editParams } from '../../content/file-params.js';
import { absolutePath } from '../../path/path-params.js';
import { conflictIn, locationError, prefixError, searchError } from './registries-rules.js';
import { prefixOf, type RegistryTable } from './registries-text.js';

/** Name that podman accepts in its place. */
const registryName = (errorOf: (name: string) => string | undefined) =>
  z.string().superRefine((name, issues) => {
    const message =
      errorOf(name) ??
      (/^[A-Za-z0-9*[][A-Za-z0-9.:_/[\]-]*$/.test(name)
        ? undefined
        : 'must be a registry as podman names it: host, host:port, host:port/namespace or *.domain');
    if (message !== undefined) issues.addIssue({ code: 'custom', message });
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
        registry: registryName(prefixError).describe(
          'Beginning of the names of images: host, host:port/namespace, *.domain',
        ),
        location: registryName(locationError)
          .optional()
          .describe('Registry that they are really pulled from; default: the same'),
        insecure: z.boolean().optional().describe('Use plain http, or https without verifying'),
        blocked: z.boolean().optional().describe('Refuse to pull from there'),
        mirrors: z
          .array(z.strictObject({ registry: registryName(locationError), insecure: z.boolean().optional() }))
          .default([])
          .describe('Registries to ask first'),
      }),
    )
    .superRefine((registries, issues) => {
      const tables = new Map<string, RegistryTable>();
      for (const table of registries.map(registryTableFor)) {
        tables.set(prefixOf(table), { ...tables.get(prefixOf(table)), ...table });
      }
      const conflict = conflictIn([...tables.values()]);
      if (conflict === undefined) return;
      const { location, setting } = conflict;
      issues.addIssue({
        code: 'custom',
        message: `contains ${location} twice, with and without ${setting}: podman refuses that. Give both the same`,
      });
    })
    .default([])
    .describe('Registries, with their settings'),
  search: z
    .array(registryName(searchError))
    .optional()
    .describe('Registries to look for names without a registry in, in order'),
  short_name_mode: z
    .enum(['enforcing', 'permissive', 'disabled'])
    .optional()
    .describe('Treatment of such a name, as podman has it'),
});

/** Wanted settings of a registry. */
interface WantedRegistry {
  readonly registry: string;
  readonly location?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly blocked?: boolean | undefined;
  readonly mirrors: readonly { readonly registry: string; readonly insecure?: boolean | undefined }[];
}

export type RegistriesParams = z.output<typeof registriesParams>;

/** Returns the table that the file is to have for a registry. */
export function registryTableFor({ registry, location, insecure, blocked, mirrors }: WantedRegistry): RegistryTable {
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
