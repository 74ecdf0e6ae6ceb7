/*
 * Rules by which podman and its kin refuse all their configuration of registries (containers-registries.conf(5);
 * containers/image, pkg/sysregistriesv2). One table that breaks one makes every pull of any registry fail.
 */

/** Fields of a registry's table that the rules are about. */
export interface RuledTable {
  readonly prefix?: string | undefined;
  readonly location?: string | undefined;
  readonly mirror?: readonly { readonly location?: string | undefined }[] | undefined;
  readonly [key: string]: unknown;
}

/** Returns why a location, or a prefix without `*.`, is refused; undefined for a valid one. */
export function locationError(location: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) {
    return 'must be a registry without a scheme: host, host:port or host:port/namespace. Plain http is `insecure: true`';
  }
  if (location.includes('*')) return '*.domain is a pattern of names: it can be `registry` alone, and has no location';
  return location === '' ? 'must not be empty' : undefined;
}

/** Returns why a prefix is refused; undefined for a valid one. */
export function prefixError(prefix: string): string | undefined {
  if (!prefix.startsWith('*')) return locationError(prefix);
  return /^\*(\.[A-Za-z0-9_-]+)+$/.test(prefix)
    ? undefined
    : 'must be *.example.com: a pattern has no port and no namespace';
}

/** Returns why a registry can't be searched for short names; undefined for a valid one. */
export function searchError(registry: string): string | undefined {
  const domain = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:\d+)?$/;
  if (domain.test(registry)) return undefined;
  return locationError(registry) ?? 'must be host or host:port, to be searched for names without a registry';
}

/** Returns why a table is refused; undefined for a valid one. */
export function tableError({ prefix, location, mirror = [] }: RuledTable): string | undefined {
  const errors = [
    prefix === undefined ? undefined : prefixError(prefix),
    location === undefined ? undefined : locationError(location),
    ...mirror.map((each) => locationError(each.location ?? '')),
  ];
  return errors.find((error) => error !== undefined);
}

/** Returns two tables of one file that have one location, and are refused because their settings differ. */
export function conflictIn(tables: readonly RuledTable[]): { location: string; setting: string } | undefined {
  const seen = new Map<string, RuledTable>();
  for (const table of tables) {
    const { location } = table;
    if (location === undefined) continue;
    const first = seen.get(location);
    if (first === undefined) {
      seen.set(location, table);
      continue;
    }
    const setting = ['insecure', 'blocked'].find((key) => (first[key] === true) !== (table[key] === true));
    if (setting !== undefined) return { location, setting };
  }
  return undefined;
}
