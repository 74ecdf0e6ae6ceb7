import { Diagnostics, InputError } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import type { InventoryHost } from '../../inventory/inventory.js';
import type { HostSettings } from '../../inventory/settings/settings.js';
import type { Task } from '../../model/task.js';
import { Later, omit } from '../../vars/template/template-value.js';
import { entriesWithin, type PlayBlueprint, type RoleEntry, type TaskEntry } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { EntryRenderer, failed } from '../render/entry-renderer.js';
import { Scopes } from '../render/scopes.js';
import { settingsOfHosts } from './host-settings.js';

/** Settings of the hosts that tasks of a play are delegated to: any of the inventory, in the play or not. */
export class Delegation {
  readonly #play: PlayBlueprint;
  readonly #site: Site;
  readonly #settings = new Map<string, HostSettings>();

  constructor(play: PlayBlueprint, site: Site) {
    // How the play's own hosts are connected to says nothing of the others.
    this.#play = { ...play, connection: undefined };
    this.#site = site;
  }

  /** @throws InputError where what the inventory says of the host is wrong */
  settingsOf(name: string): HostSettings {
    const known = this.#settings.get(name);
    if (known !== undefined) return known;
    const host = findHost(name, this.#site);
    if (host === undefined) throw new Error(`${name} is no host of the inventory`);
    const diagnostics = new Diagnostics();
    const settings = settingsOfHosts({ ...this.#play, hosts: [host] }, this.#site, this.#site.overrides, diagnostics);
    diagnostics.throwIfAny();
    const found = settings.get(name);
    if (found === undefined) throw new Error(`${name} has no settings`);
    this.#settings.set(name, found);
    return found;
  }

  /** Returns the hosts that tasks will surely be delegated to, as far as that is known before any is asked. */
  known(diagnostics: Diagnostics): ReadonlySet<string> {
    const names = new Set<string>();
    const entries = entriesWithin([...this.#play.sections.flat(), ...this.#play.handlers]);
    const tasks = entries.filter((entry) => entry.kind === 'task').filter(({ own }) => own.delegate_to !== undefined);
    for (const host of tasks.length === 0 ? [] : this.#play.hosts) {
      const scopes = new Scopes(this.#site, this.#play, host, undefined);
      for (const entry of tasks) {
        const delegate = delegateName(new EntryRenderer(entry, scopes));
        if (delegate !== undefined && !(delegate instanceof Later) && delegate.to !== undefined) names.add(delegate.to);
      }
    }
    for (const name of names) this.#check(name, diagnostics);
    return names;
  }

  #check(name: string, diagnostics: Diagnostics): void {
    try {
      this.settingsOf(name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const diagnostic of error.diagnostics) diagnostics.add(diagnostic);
    }
  }
}

/** Returns the host that a task is delegated to, if any; undefined after an error, which has been reported. */
export function delegateName(
  renderer: EntryRenderer<TaskEntry>,
): { readonly to: string | undefined } | Later | undefined {
  const { entry, scopes } = renderer;
  if (entry.own.delegate_to === undefined) return { to: undefined };
  const path = [...entry.path, 'delegate_to'];
  const name = renderer.render(entry.own.delegate_to, path);
  if (name === failed) return undefined;
  if (name === omit) return { to: undefined };
  if (name instanceof Later) return name;
  if (typeof name === 'string' && findHost(name, scopes) !== undefined) return { to: name };
  renderer.reportAt(path, noSuchHost('delegate_to', String(name), scopes));
  return undefined;
}

/** Checks the name of a host that a role has written into its task. @throws InputError when there is none of that name */
export function checkDelegate(
  { name, delegate }: Task,
  { role, place }: RoleEntry,
  site: Pick<Site, 'inventory'>,
): void {
  if (delegate === undefined || findHost(delegate, site) !== undefined) return;
  throw new InputError([{ ...noSuchHost(`role ${role.name}: ${name}: delegateTo`, delegate, site), place }]);
}

function noSuchHost(what: string, name: string, { inventory }: Pick<Site, 'inventory'>) {
  const near = nearest(name, [...inventory.hosts.keys(), 'localhost']);
  const hint = near === undefined ? 'it must be in the inventory, or localhost' : `did you mean "${near}"?`;
  return { code: 'pattern', message: `${what}: there is no host "${name}"`, hint } as const;
}

function findHost(name: string, { inventory }: Pick<Site, 'inventory'>): InventoryHost | undefined {
  return inventory.hosts.get(name) ?? (name === inventory.localhost.name ? inventory.localhost : undefined);
}
