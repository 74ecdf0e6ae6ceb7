import type { Inventory, InventoryHost } from '../../inventory/load.js';
import type { Facts } from '../../model/facts.js';
import type { Results } from '../../model/task.js';
import { type Scope, traceReads } from '../../vars/template/template.js';
import { mergeTables, type VariableTable } from '../../vars/variables.js';
import type { PlayBlueprint, PlayEntry } from '../blueprint/blueprint.js';
import { hostScope } from './scope.js';

/** Scopes of one host in one play, at a stage of what is known. */
export class Scopes {
  readonly #base: VariableTable;
  readonly #shared = new Map<ReadonlySet<string>, Scope>();

  readonly #site: {
    readonly inventory: Inventory;
    readonly folder: string;
    readonly extraVars: VariableTable;
  };
  readonly #play: PlayBlueprint;
  readonly #around: Readonly<Record<string, unknown>> | undefined;
  readonly #ahead: ReadonlySet<string>;

  /**
   * @param facts undefined before the host was asked
   * @param results undefined before the tasks that register them ran
   * @param around names of what the entries are in, such as the item of an include's loop
   * @param ahead names that tasks register which have not run yet, whatever is known under them from before
   */
  constructor(
    site: {
      readonly inventory: Inventory;
      readonly folder: string;
      readonly extraVars: VariableTable;
    },
    play: PlayBlueprint,
    readonly host: InventoryHost,
    readonly facts: Facts | undefined,
    readonly results?: Results,
    around?: Readonly<Record<string, unknown>>,
    ahead: ReadonlySet<string> = new Set(),
    /** Collects the names that are read. */
    readonly reads?: Set<string>,
  ) {
    this.#site = site;
    this.#play = play;
    this.#around = around;
    this.#ahead = ahead;
    this.#base = mergeTables(host.variables, play.vars, site.extraVars);
  }

  get inventory(): Inventory {
    return this.#site.inventory;
  }

  /** Returns the same host once results are known. */
  with(results: Results): Scopes {
    return new Scopes(this.#site, this.#play, this.host, this.facts, results, this.#around, undefined, this.reads);
  }

  /** Returns the same host inside something that gives names of its own. */
  within(names: Readonly<Record<string, unknown>>): Scopes {
    return new Scopes(
      this.#site,
      this.#play,
      this.host,
      this.facts,
      this.results,
      { ...this.#around, ...names },
      this.#ahead,
      this.reads,
    );
  }

  /** Returns the same host ahead of tasks that register these names. */
  before(names: readonly string[]): Scopes {
    const ahead = new Set([...this.#ahead, ...names]);
    return new Scopes(this.#site, this.#play, this.host, this.facts, this.results, this.#around, ahead, this.reads);
  }

  /** Returns the variables that an entry sees, the strongest of each name. */
  variablesOf(entry: Pick<PlayEntry, 'vars'>): VariableTable {
    return entry.vars.size === 0 ? this.#base : mergeTables(this.#base, entry.vars, this.#site.extraVars);
  }

  /** Returns all names that an entry sees, and those that it alone has. */
  of(entry: Pick<PlayEntry, 'vars' | 'registered'>, locals?: Readonly<Record<string, unknown>>): Scope {
    const plain = entry.vars.size === 0 && locals === undefined;
    const known = plain ? this.#shared.get(entry.registered) : undefined;
    if (known !== undefined) return known;
    const { host, facts, results } = this;
    const ahead = this.#ahead;
    const { inventory, folder } = this.#site;
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
      ...((locals ?? this.#around) && { locals: { ...this.#around, ...locals } }),
    });
    if (this.reads !== undefined) traceReads(scope, this.reads);
    if (plain) this.#shared.set(registered, scope);
    return scope;
  }
}
