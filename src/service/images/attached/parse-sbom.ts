import type { z } from 'zod';
import { isRecord } from '../../../model/is-record.js';
import type { referrerContent } from '../../schemas/image-details.js';
import { foreignListOf, foreignTextOf, recordOf } from './foreign-values.js';

/** Content of something about an image, as answers have it. */
export type AttachedContent = z.output<typeof referrerContent>['contents'][number];
type Sbom = Extract<AttachedContent, { kind: 'sbom' }>;
type ListedPackage = Sbom['packages'][number];

/** Packages that are listed at most. */
const mostPackages = 10_000;
const mostLicenses = 20;

/** Reads a list of packages: SPDX 2 or CycloneDX, as JSON. Undefined where it is neither. */
export function parseSbom(value: unknown): Sbom | undefined {
  if (!isRecord(value)) return undefined;
  if (typeof value.spdxVersion === 'string') return spdx(value, value.spdxVersion);
  return value.bomFormat === 'CycloneDX' ? cycloneDx(value) : undefined;
}

function spdx(document: Readonly<Record<string, unknown>>, version: string): Sbom {
  const info = recordOf(document.creationInfo);
  const packages = foreignListOf(document.packages);
  return {
    kind: 'sbom',
    format: 'spdx',
    formatVersion: foreignTextOf(version),
    name: foreignTextOf(document.name),
    createdAt: foreignTextOf(info.created),
    tools: foreignListOf(info.creators)
      .map(foreignTextOf)
      .filter((each) => each.startsWith('Tool:'))
      .map((each) => each.slice(5).trim())
      .slice(0, mostLicenses),
    packages: packages.slice(0, mostPackages).map((each) => {
      const { name, versionInfo, licenseConcluded, licenseDeclared, externalRefs } = recordOf(each);
      const purl = foreignListOf(externalRefs).find((reference) => recordOf(reference).referenceType === 'purl');
      return {
        name: foreignTextOf(name),
        version: foreignTextOf(versionInfo),
        licenses: stated([licenseConcluded, licenseDeclared]),
        purl: foreignTextOf(recordOf(purl).referenceLocator),
      };
    }),
    count: packages.length,
  };
}

function cycloneDx(document: Readonly<Record<string, unknown>>): Sbom {
  const { timestamp, component, tools } = recordOf(document.metadata);
  const toolList = Array.isArray(tools) ? tools : foreignListOf(recordOf(tools).components);
  const { packages, count } = components(document.components);
  return {
    kind: 'sbom',
    format: 'cyclonedx',
    formatVersion: foreignTextOf(document.specVersion),
    name: foreignTextOf(recordOf(component).name),
    createdAt: foreignTextOf(timestamp),
    tools: toolList.slice(0, mostLicenses).map((tool) => {
      const { name, version } = recordOf(tool);
      return [foreignTextOf(name), foreignTextOf(version)].filter((each) => each !== '').join(' ');
    }),
    packages,
    count,
  };
}

/** Reads components, and those within them. */
function components(value: unknown): { packages: ListedPackage[]; count: number } {
  const packages: ListedPackage[] = [];
  let count = 0;
  const left: unknown[] = foreignListOf(value).toReversed();
  while (left.length > 0) {
    const component = recordOf(left.pop());
    count += 1;
    if (packages.length < mostPackages) {
      const group = foreignTextOf(component.group);
      packages.push({
        name: group === '' ? foreignTextOf(component.name) : `${group}/${foreignTextOf(component.name)}`,
        version: foreignTextOf(component.version),
        licenses: stated(
          foreignListOf(component.licenses).map((each) => {
            const { license, expression } = recordOf(each);
            const { id, name } = recordOf(license);
            return expression ?? id ?? name;
          }),
        ),
        purl: foreignTextOf(component.purl),
      });
    }
    for (const inner of foreignListOf(component.components).toReversed()) left.push(inner);
  }
  return { packages, count };
}

/** Returns the licenses that are said, each once: SPDX has words for what is not known. */
function stated(licenses: readonly unknown[]): string[] {
  const texts = licenses.map(foreignTextOf).filter((each) => each !== '' && each !== 'NOASSERTION' && each !== 'NONE');
  return [...new Set(texts)].slice(0, mostLicenses);
}
