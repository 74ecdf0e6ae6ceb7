import { type Diagnostic, InputError, type Place } from '../../diagnostics/diagnostic.js';
import { renderValue, type Scope } from '../../vars/template/template.js';
import { evaluateCondition } from '../../vars/template/template-condition.js';
import { TemplateError, UndefinedName } from '../../vars/template/template-error.js';
import { Data, isMap, Later, laterIn, omit, yamlTypeName } from '../../vars/template/template-value.js';
import type { VariableTable } from '../../vars/variables.js';
import type { IncludeEntry, JudgingWord, Path, PlayEntry, TaskEntry } from '../blueprint/blueprint.js';
import { conditionPath } from './condition-path.js';
import type { Scopes } from './scopes.js';
import { templateDiagnostic } from './template-diagnostic.js';

/** Value of a text that could not be rendered: the error has been reported. */
export const failed: unique symbol = Symbol('failed');

/** Most items of a loop, each of which is a task: a host may have printed millions of what a list is split by. */
const mostItems = 10_000;

/** Options of an {@link EntryRenderer}. */
export interface EntryRendererOptions {
  /** Names of this rendering alone, such as the item of a loop. */
  readonly locals?: Readonly<Record<string, unknown>> | undefined;
  /** Takes each error when it is found. Default: they are collected, for {@link EntryRenderer.required}. */
  readonly report?: (diagnostic: Diagnostic) => void;
  /** Names of another renderer of the same entry and locals, to be used again. */
  readonly scope?: Scope;
}

/**
 * Renders what is written in an entry, with what is known of one host. Errors are reported at the place of the text that
 * has them; a value with an error is undefined, or {@link failed} where undefined could be a value.
 */
export class EntryRenderer<Written extends PlayEntry = PlayEntry> {
  /** All names that the entry sees. */
  readonly scope: Scope;
  readonly report: (diagnostic: Diagnostic) => void;
  readonly #options: EntryRendererOptions;
  readonly #errors: Diagnostic[] = [];

  constructor(
    readonly entry: Written,
    readonly scopes: Scopes,
    options: EntryRendererOptions = {},
  ) {
    this.scope = options.scope ?? scopes.of(entry, options.locals);
    this.report = options.report ?? ((diagnostic) => this.#errors.push(diagnostic));
    this.#options = options;
  }

  get locals(): EntryRendererOptions['locals'] {
    return this.#options.locals;
  }

  /** Variables that the entry sees, the strongest of each name. */
  get variables(): VariableTable {
    return this.scopes.variablesOf(this.entry);
  }

  /** Returns a renderer of the same names that reports elsewhere. */
  reportingTo(report: (diagnostic: Diagnostic) => void): EntryRenderer<Written> {
    return new EntryRenderer(this.entry, this.scopes, { ...this.#options, scope: this.scope, report });
  }

  /** Returns a value that this renderer gave. @throws InputError with all collected errors where one prevented it */
  required<Value>(value: Value | undefined): Exclude<Value, undefined | typeof failed> {
    if (isRendered(value)) return value;
    throw new InputError(this.#errors);
  }

  /** Tells if the entry is for the host. */
  holds(): boolean | Later | undefined {
    return this.allHold('when', this.entry.when);
  }

  /** Tells if all conditions hold that the entry has under a word. */
  allHold(word: 'when' | JudgingWord, conditions: readonly (boolean | string)[]): boolean | Later | undefined {
    let open: Later | undefined;
    for (const [index, condition] of conditions.entries()) {
      const value = this.condition(condition, () => conditionPath(this.entry, index, word));
      if (value === undefined || value === false) return value;
      if (value instanceof Later) open ??= value;
    }
    return open ?? true;
  }

  /** Evaluates one condition. @param path gives the way to it */
  condition(condition: boolean | string, path: () => Path): boolean | Later | undefined {
    const found = this.attempt(String(condition), path, () => evaluateCondition(condition, this.scope));
    return found === failed ? undefined : found;
  }

  /** Returns the items for which the entry is repeated. One of a list may be, or hold, {@link Later}. */
  items(this: EntryRenderer<TaskEntry | IncludeEntry>): readonly unknown[] | Later | undefined {
    const path = [...this.entry.path, 'loop'];
    const items = this.render(this.entry.loop, path);
    if (items === failed) return undefined;
    if (items instanceof Later) return items;
    if (Array.isArray(items) && items.length <= mostItems) return items;
    const message = Array.isArray(items)
      ? `loop has ${items.length} items, and may have ${mostItems}`
      : `loop needs a list, got ${yamlTypeName(items)}`;
    this.reportAt(path, { code: 'wrong-type', message });
    return undefined;
  }

  /** Returns the items as {@link items} does, but `Later` as soon as anything in one of them is not known yet. */
  knownItems(this: EntryRenderer<TaskEntry | IncludeEntry>): readonly unknown[] | Later | undefined {
    const items = this.items();
    return laterIn(items) ?? items;
  }

  /** Renders a value that is written in the entry, however deep the templates are in it, reporting every error. */
  render(value: unknown, path: Path): unknown {
    if (typeof value === 'string') {
      if (!value.includes('{')) return value;
      return this.attempt(
        value,
        () => path,
        () => renderValue(value, this.scope),
      );
    }
    if (value instanceof Data) return value.value;
    if (!Array.isArray(value) && !isMap(value)) return value;
    const entries = Object.entries(value).map(([key, part]): [string, unknown] => {
      const step = Array.isArray(value) ? Number(key) : key;
      return [key, this.render(part, [...path, step])];
    });
    if (entries.some(([, part]) => part === failed)) return failed;
    const kept = entries.filter(([, part]) => part !== omit);
    return Array.isArray(value) ? kept.map(([, part]) => part) : Object.fromEntries(kept);
  }

  /** Runs a step that reads a text of the entry, and reports its error at the text. */
  attempt<Result>(text: string, path: () => Path, run: () => Result): Result | typeof failed {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.reportTemplate(error, text, this.entry.source.placeOf(path(), 'value'));
      return failed;
    }
  }

  /** Reports an error in a template that is written at a place. */
  reportTemplate(error: TemplateError, text: string, place: Place): void {
    const diagnostic = templateDiagnostic(error, text, place, this.variables);
    const result = error instanceof UndefinedName && this.entry.registered.has(error.path) ? error.path : undefined;
    if (result === undefined || result in this.scope) this.report(diagnostic);
    else this.report({ ...diagnostic, hint: `the task that registers ${result} did not run` });
  }

  /** Reports an error at a value of the entry. */
  reportAt(path: Path, diagnostic: Omit<Diagnostic, 'place'>): void {
    this.report({ ...diagnostic, place: this.entry.source.placeOf(path, 'value') });
  }
}

function isRendered<Value>(value: Value): value is Exclude<Value, undefined | typeof failed> {
  return value !== undefined && value !== failed;
}
