import { existsSync } from 'node:fs';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import { readYaml, type YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import { type RegistriesOfHost, registriesFile, registriesFileName, registriesPath } from './registries-file.js';

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
  const given = checkShape(registriesFile, source.value ?? {}, source, [], diagnostics);
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
