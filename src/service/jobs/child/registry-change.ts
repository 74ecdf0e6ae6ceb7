import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { readRegistries } from '../../../library/registries/read-registries.js';
import type { ManagedRegistry, RegistriesOfHost } from '../../../library/registries/registries-file.js';
import type { RegistryChange } from './child-request.js';

/** Registries of a site before and after a change of one. */
export interface ChangedRegistries {
  /** Entry as it was; undefined: there was none. */
  readonly former: ManagedRegistry | undefined;
  /** Entry as it shall be; one that is deleted is `absent`. */
  readonly wanted: ManagedRegistry;
  readonly after: readonly RegistriesOfHost[];
}

/** Change with a name. */
export type NamedChange = RegistryChange & { readonly name: string };

/**
 * Applies a change to the registries as `registries.yaml` has them now. The one that changes is forced: another version or
 * mode of it is what was asked for.
 * @throws InputError where the file is wrong; Error where the change doesn't fit to it any more
 */
export function changedRegistries(folder: string, change: NamedChange): ChangedRegistries {
  const { host, name, operation } = change;
  const diagnostics = new Diagnostics();
  const before = readRegistries(folder, diagnostics, undefined, 'change') ?? [];
  diagnostics.throwIfAny();
  const former = before.find((each) => each.host === host)?.registries.find((each) => each.name === name);
  if (operation === 'create' && former !== undefined) throw new Error(`${host} has a registry ${name} already`);
  if (operation !== 'create' && former === undefined) throw new Error(`${host} has no registry ${name} any more`);
  const wanted = wantedEntry(change, former);
  return { former, wanted, after: replaced(before, host, { ...wanted, force: true }) };
}

/** Port in place of one that is yet to be found on the host. */
const anyPort = 65_535;

/** Returns the registries of a site after a change that may have neither a name nor a port yet, for whoever only reads the site. */
export function registriesAfter(folder: string, change: RegistryChange): readonly RegistriesOfHost[] {
  const { name = 'new', registry } = change;
  const placed = registry === undefined || registry.port !== 0 ? registry : { ...registry, port: anyPort };
  return changedRegistries(folder, { ...change, name, ...(placed === undefined ? {} : { registry: placed }) }).after;
}

function others({ name: _, port: __, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return rest;
}

/** Returns registries with one of a host in place of that of its name. */
export function replaced(
  before: readonly RegistriesOfHost[],
  host: string,
  registry: ManagedRegistry,
): readonly RegistriesOfHost[] {
  const known = before.some((each) => each.host === host);
  const hosts = known ? before : [...before, { host, registries: [] }];
  return hosts.map((each) => {
    if (each.host !== host) return each;
    const isThere = each.registries.some(({ name }) => name === registry.name);
    const registries = isThere
      ? each.registries.map((one) => (one.name === registry.name ? registry : one))
      : [...each.registries, registry];
    return { ...each, registries };
  });
}

function wantedEntry({ name, registry }: NamedChange, former: ManagedRegistry | undefined): ManagedRegistry {
  if (registry !== undefined) return { name, port: Number(registry.port), ...others(registry) };
  if (former === undefined) throw new Error(`there is no registry ${name}`);
  return { ...former, state: 'absent' };
}
