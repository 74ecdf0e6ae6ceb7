import type { Inventory, InventoryHost } from '../../inventory/load.js';
import type { Facts } from '../../model/facts.js';
import type { Results } from '../../model/task.js';
import type { Scope } from '../../vars/template/template.js';
import { mergeTables, type VariableTable } from '../../vars/variables.js';
import type { PlayBlueprint, PlayEntry } from '../blueprint/blueprint.js';
import { hostScope } from './scope.js';

/** What the templates of one host in one play are rendered with, at a stage of what is known. */
export class Scopes {
  private readonly base: VariableTable;
  private readonly shared = new Map<ReadonlySet<string>, Scope>();

  /**
   * @param facts undefined before the host was asked
   * @param results undefined before the tasks that register them ran
   * @param around names of what the entries are in, such as the item of an include's loop
   * @param ahead names that tasks register which have not run yet, whatever is known under them from before
   */
  constructor(
    private readonly site: {
      readonly inventory: Inventory;
      readonly folder: string;
      readonly extraVars: VariableTable;
    },
    private readonly play: PlayBlueprint,
    readonly host: InventoryHost,
    readonly facts: Facts | undefined,
    readonly results?: Results,
    private readonly around?: Readonly<Record<string, unknown>>,
    private readonly ahead: ReadonlySet<string> = new Set(),
  ) {
    this.base = mergeTables(host.variables, play.vars, site.extraVars);
  }

  get inventory(): Inventory {
    return this.site.inventory;
  }

  /** The same host once results are known. */
  with(results: Results): Scopes {
    return new Scopes(this.site, this.play, this.host, this.facts, results, this.around);
  }

  /** The same host inside something that gives names of its own. */
  within(names: Readonly<Record<string, unknown>>): Scopes {
    return new Scopes(
      this.site,
      this.play,
      this.host,
      this.facts,
      this.results,
      { ...this.around, ...names },
      this.ahead,
    );
  }

  /** Returns the same host ahead of tasks that register these names. */
  before(names: readonly string[]): Scopes {
    const ahead = new Set([...this.ahead, ...names]);
    return new Scopes(this.site, this.play, this.host, this.facts, this.results, this.around, ahead);
  }

  /** Variables that an entry sees, the strongest of each name. */
  variablesOf(entry: Pick<PlayEntry, 'vars'>): VariableTable {
    return entry.vars.size === 0 ? this.base : mergeTables(this.base, entry.vars, this.site.extraVars);
  }

  /** All names that an entry sees, and those that it alone has. */
  of(entry: Pick<PlayEntry, 'vars' | 'registered'>, locals?: Readonly<Record<string, unknown>>): Scope {
    const plain = entry.vars.size === 0 && locals === undefined;
    const known = plain ? this.shared.get(entry.registered) : undefined;
    if (known !== undefined) return known;
    const { host, facts, results, ahead } = this;
    const { inventory, folder } = this.site;
    const { registered } = entry;
    const variables = this.variablesOf(entry);
    const scope = hostScope({
      host,
      inventory,
      folder,
      variables,
      facts,
      registered,
      results,
      ahead,
      ...((locals ?? this.around) && { locals: { ...this.around, ...locals } }),
    });
    if (plain) this.shared.set(registered, scope);
    return scope;
  }
}
