import { dirname, resolve } from 'node:path';
import { type Diagnostic, Diagnostics, InputError } from '../diagnostics/diagnostic.js';
import { readYaml } from '../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../diagnostics/yaml/yaml-vault.js';
import type { Inventory } from '../inventory/load.js';
import type { ConnectionOverrides } from '../inventory/settings/settings.js';
import type { Play } from '../model/play.js';
import type { RunFlags } from '../model/role.js';
import type { ResourceKind } from '../model/task.js';
import { breather } from '../text/breathe.js';
import { yamlTypeName } from '../vars/template/template-value.js';
import type { VariableTable } from '../vars/variables.js';
import type { PlayBlueprint } from './blueprint/blueprint.js';
import type { Site } from './blueprint/site.js';
import { checkMachines, type NamedMachine } from './check/check-machines.js';
import { checkPlay } from './check/check-play.js';
import { checkRoleTemplates } from './check/check-role-templates.js';
import { checkUnused } from './check/check-unused.js';
import { Delegation } from './hosts/delegation.js';
import { settingsOfHosts } from './hosts/host-settings.js';
import { listPlay, type PlayListing } from './make/listing.js';
import { hostProgram, itemsContext } from './make/program.js';
import type { RoleCatalog } from './modules/catalog.js';
import type { SitePlay } from './modules/define-site.js';
import { isModule, type SiteSource } from './modules/site-source.js';
import { loadIncludes } from './read/load-includes.js';
import type { ReadContext } from './read/read-context.js';
import { readPlay } from './read/read-play.js';
import { mostTaskFiles } from './read/tasks-file.js';
import { controllerFiles } from './render/files.js';

export type { ListedTask, PlayListing } from './make/listing.js';

/** Options of {@link loadSite}. */
export interface SiteOptions {
  /** The site's file, YAML or a module; for plays that a program gives, a file in the folder that they are of. */
  readonly file: string;
  /** Plays of a program, in place of the file. */
  readonly plays?: readonly SitePlay[];
  readonly inventory: Inventory;
  /** `--limit`. */
  readonly limit?: string;
  /** Variables of the command line. */
  readonly extraVars: VariableTable;
  readonly catalog: RoleCatalog;
  readonly kinds: readonly ResourceKind[];
  readonly flags: RunFlags;
  /** Options of the command line about connections. */
  readonly overrides: ConnectionOverrides;
  /** Opens what is encrypted; without it, that is refused. */
  readonly vault?: YamlVault;
}

export interface LoadedSite {
  readonly plays: readonly Play[];
  readonly listing: readonly PlayListing[];
  readonly warnings: readonly string[];
}

/**
 * Reads a site and checks all that can be checked before a host is asked. Errors are collected; plays may be run only
 * if there were none.
 */
export async function loadSite(options: SiteOptions, diagnostics: Diagnostics): Promise<LoadedSite> {
  const { file, inventory, extraVars, flags } = options;
  const folder = dirname(resolve(file));
  const site: Site = {
    inventory,
    folder,
    extraVars,
    flags,
    overrides: options.overrides,
    files: controllerFiles(folder),
  };
  const found = new Diagnostics();
  const plays: Play[] = [];
  const listing: PlayListing[] = [];
  const machines: (readonly NamedMachine[])[] = [];
  const notes = { warnings: new Set<string>(), lacks: { variables: false } };
  const breathe = breather();
  const blueprints = await readSite(options, found, notes);
  await breathe();
  // What stays locked would be missing wherever it is used: that is the one error.
  if (found.all.some(({ code }) => code === 'vault')) {
    reportOnce(found, diagnostics);
    return { plays, listing, warnings: [] };
  }
  for (const blueprint of blueprints) {
    await loadIncludes(blueprint, site, found);
    await breathe();
    await checkPlay(blueprint, site, found);
    await breathe();
    const settings = settingsOfHosts(blueprint, site, options.overrides, found);
    await breathe();
    const play = playOf(blueprint, site, settings, found);
    plays.push(play);
    // A play without tasks, as the doctor's, changes nothing.
    if (blueprint.sections.some((entries) => entries.length > 0)) machines.push(machinesOf(play, blueprint, site));
    listing.push(listPlay(blueprint, site, settings, (items, entry) => checkRoleTemplates(items, entry, site, found)));
  }
  await breathe();
  if (found.all.length === 0) checkMachines(machines, found);
  await checkUnused(blueprints, site, options.catalog, found);
  if (options.limit !== undefined && found.all.length === 0 && plays.every((play) => play.hosts.length === 0)) {
    const message = `--limit ${options.limit}: no play has one of these hosts`;
    found.add({ code: 'pattern', message, hint: 'without it, --list-hosts shows the hosts of each play' });
  }
  if (notes.lacks.variables) dropUndefined(found);
  reportOnce(found, diagnostics);
  return { plays, listing, warnings: [...notes.warnings] };
}

async function readSource(options: SiteOptions, diagnostics: Diagnostics): Promise<SiteSource | undefined> {
  const { file, plays, catalog, vault } = options;
  if (plays !== undefined) return (await import('./modules/site-module.js')).sitePlays(file, plays, catalog);
  if (isModule(file)) return (await import('./modules/site-module.js')).readSiteModule(file, catalog, diagnostics);
  const source = readYaml(file, diagnostics, vault);
  return source && { source, catalog, kinds: [] };
}

async function readSite(
  options: SiteOptions,
  diagnostics: Diagnostics,
  notes: Pick<ReadContext, 'warnings' | 'lacks'>,
): Promise<readonly PlayBlueprint[]> {
  const read = await readSource(options, diagnostics);
  if (read === undefined) return [];
  const { source, catalog } = read;
  const kinds = [...read.kinds, ...options.kinds];
  if (!Array.isArray(source.value) || source.value.length === 0) {
    const given = Array.isArray(source.value) ? 'an empty list' : yamlTypeName(source.value);
    const message = `a site is a list of plays, found ${given}`;
    diagnostics.add({ code: 'wrong-type', message, place: source.placeOf([]), hint: 'begin with `- hosts: …`' });
    return [];
  }
  const { inventory, limit, vault } = options;
  const context: ReadContext = {
    source,
    kinds,
    catalog,
    diagnostics,
    ...notes,
    vault,
    chain: [options.file],
    files: { left: mostTaskFiles },
    vars: new Map(),
    registered: new Set(),
  };
  const plays: PlayBlueprint[] = [];
  for (const [index, value] of source.value.entries()) {
    const play = await readPlay(value, index, inventory, limit, context);
    if (play !== undefined) plays.push(play);
  }
  return plays;
}

function playOf(
  blueprint: PlayBlueprint,
  site: Site,
  settings: ReturnType<typeof settingsOfHosts>,
  diagnostics: Diagnostics,
): Play {
  const delegation = new Delegation(blueprint, site);
  const { name, serial, maxFailPercentage, anyErrorsFatal, gatherFacts } = blueprint;
  const hosts = new Map(blueprint.hosts.map((host) => [host.name, host]));
  return {
    name,
    hosts: [...settings].map(([host, itsSettings]) => ({ name: host, settings: itsSettings })),
    serial,
    maxFailPercentage,
    anyErrorsFatal,
    gatherFacts,
    delegates: delegation.known(diagnostics),
    settingsOf: (host) => delegation.settingsOf(host),
    program: (context) => {
      const host = hosts.get(context.name);
      const itsSettings = settings.get(context.name);
      if (host === undefined || itsSettings === undefined)
        throw new Error(`${context.name} is not of the play ${name}`);
      return hostProgram(blueprint, itemsContext(blueprint, site, host, itsSettings, context, delegation));
    },
  };
}

/** Returns the machines of a play: its hosts, and those that its tasks are known to be delegated to. */
function machinesOf(
  { hosts, delegates, settingsOf }: Play,
  { place, connection }: PlayBlueprint,
  site: Site,
): readonly NamedMachine[] {
  const placeOf = (name: string) => site.inventory.hosts.get(name)?.place ?? place;
  const others = [...(delegates ?? [])].filter((name) => !hosts.some((host) => host.name === name));
  const named = others.flatMap((name) => {
    try {
      return settingsOf === undefined ? [] : [{ name, settings: settingsOf(name) }];
    } catch (error) {
      if (error instanceof InputError) return []; // Reported where the delegates were found.
      throw error;
    }
  });
  // A play that is done on this machine for each of its hosts says so itself.
  const all = [...hosts, ...named].filter(({ settings }) => connection !== 'local' || settings.connection !== 'local');
  return all.map((machine) => ({ ...machine, place: placeOf(machine.name) }));
}

/** Drops the errors of names that nobody defines: they may be in a file that could not be read. */
function dropUndefined({ all }: Diagnostics): void {
  all.splice(0, all.length, ...all.filter(({ code }) => code !== 'undefined-variable'));
}

/** Hands errors over in the order of the files' lines, each once: plays may share files, and with them errors. */
function reportOnce(found: Diagnostics, diagnostics: Diagnostics): void {
  const files = [...new Set(found.all.map(({ place }) => place?.file))];
  const rank = ({ place }: Diagnostic) => files.indexOf(place?.file);
  const line = ({ place }: Diagnostic) => (place?.line ?? 0) * 10_000 + (place?.column ?? 0);
  const reported = new Set<string>();
  for (const diagnostic of found.all.toSorted((a, b) => rank(a) - rank(b) || line(a) - line(b))) {
    const { code, place, message } = diagnostic;
    const key = JSON.stringify([code, place?.file, place?.line, place?.column, message]);
    if (!reported.has(key)) diagnostics.add(diagnostic);
    reported.add(key);
  }
}
