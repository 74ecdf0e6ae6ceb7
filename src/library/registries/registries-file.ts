import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import { readYaml, type YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';

/** Name of the file beside a site that has the registries a service manages. */
export const registriesFileName = 'registries.yaml';

/** Kinds of registries, by whom they are for. */
export const registryKinds = ['private', 'sponsor', 'mirror', 'vendor'] as const;

/** Keys for the service alone; all others are settings of `registry_managed`. */
const ofService = {
  visibility: z.enum(['public', 'internal', 'private']).optional(),
  kind: z.enum(registryKinds).optional(),
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

const fileSchema = z.strictObject({
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
 * Reads the registries beside a site. A host with none is one whose registries were all deleted. A list of plays is a site
 * that has this name: a run passes it by, and who would write registries there gets an error.
 * @param use what they are read for
 * @returns undefined where there is no file, or it has errors, which are collected
 */
export function readRegistries(
  folder: string,
  diagnostics: Diagnostics,
  vault?: YamlVault,
  use: 'run' | 'change' = 'run',
): readonly RegistriesOfHost[] | undefined {
  const file = registriesPath(folder);
  if (!existsSync(file)) return undefined;
  const source = readYaml(file, diagnostics, vault);
  if (source === undefined) return undefined;
  if (Array.isArray(source.value)) {
    if (use === 'change') {
      const message = `${registriesFileName} is a list, as a site is, and no file of registries`;
      const hint = 'give the site another name: this one is that of the registries which a service manages';
      diagnostics.add({ code: 'contradiction', message, place: source.placeOf([]), hint });
    }
    return undefined;
  }
  const given = checkShape(fileSchema, source.value ?? {}, source, [], diagnostics);
  if (given === undefined) return undefined;
  const hosts = Object.entries(given.registries ?? {}).map(([host, registries]) => ({
    host,
    registries: registries ?? [],
    place: source.placeOf(['registries', host], 'key'),
  }));
  refuseTwice(hosts, source, diagnostics);
  return hosts;
}

/** Reports names that two registries have: the service finds a registry by its name alone. */
function refuseTwice(hosts: readonly RegistriesOfHost[], source: YamlSource, diagnostics: Diagnostics): void {
  const seen = new Map<string, string>();
  for (const { host, registries } of hosts) {
    for (const [index, { name }] of registries.entries()) {
      const other = seen.get(name);
      seen.set(name, host);
      if (other === undefined) continue;
      diagnostics.add({
        code: 'contradiction',
        message: `the name ${name} is already used on ${other}`,
        place: source.placeOf(['registries', host, index, 'name']),
        hint: 'names of registries.yaml are unique over all hosts',
      });
    }
  }
}

/** Returns a registry as `registry_managed` has it: without what the service alone looks at. */
export function roleSettings(registry: ManagedRegistry): Record<string, unknown> {
  return Object.fromEntries(Object.entries(registry).filter(([key]) => !(key in ofService)));
}
