import type { Place } from '../../diagnostics/diagnostic.js';
import type { YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { InventoryHost } from '../../inventory/load.js';
import type { Role } from '../../model/role.js';
import type { ResourceKind } from '../../model/task.js';
import type { VariableTable } from '../../vars/variables.js';
import type { Words } from '../words/inherited-words.js';
import type { TaskWords } from '../words/schemas.js';

/** Way to a value in a YAML file. */
export type Path = readonly (string | number)[];

/** Place, conditions and words of an entry. */
interface Entry {
  readonly source: YamlSource;
  readonly path: Path;
  readonly place: Place;
  readonly words: Words;
  readonly when: readonly (boolean | string)[];
  /** `vars` of the entry; over the play's, under the command line's. */
  readonly vars: VariableTable;
  /** Names that entries ahead of it register. The same set for all entries between two that register. */
  readonly registered: ReadonlySet<string>;
}

/** A task as it was written, for any host. */
export interface TaskEntry extends Entry {
  readonly kind: 'task';
  /** `name`, a template. */
  readonly title: string | undefined;
  readonly resource: ResourceKind;
  readonly params: unknown;
  readonly loop: unknown;
  readonly loopVar: string;
  readonly loopLabel: string | undefined;
  readonly register: string | undefined;
  readonly notify: readonly string[];
  /** Of a handler: topics that it listens to. */
  readonly listen: readonly string[];
  /** All words of the task itself, as they were written. */
  readonly own: TaskWords;
}

/** Words that judge how a task came out, by its result. */
export const judgingWords = ['changed_when', 'failed_when', 'until'] as const;
export type JudgingWord = (typeof judgingWords)[number];

/** A role as a play names it, for any host. */
export interface RoleEntry extends Entry {
  readonly kind: 'role';
  readonly role: Role;
}

/** `meta: flush_handlers`: handlers that are due run here. */
export interface FlushEntry extends Entry {
  readonly kind: 'flush';
}

/** Tasks of a file, or a role, that stand for a task: once, or for each item of a loop. Asked once whether they are wanted. */
export interface IncludeEntry extends Entry {
  readonly kind: 'include';
  readonly word: 'import_tasks' | 'include_tasks' | 'include_role';
  /** `name`, a template. */
  readonly title: string | undefined;
  /** Name of the file or role; a template, unless it is imported. */
  readonly what: string;
  /** Way to that name. */
  readonly whatAt: Path;
  readonly loop: unknown;
  readonly loopVar: string;
  readonly loopLabel: string | undefined;
  readonly contents: Contents;
}

/** Entries that an include stands for, by the name of its file or role. */
export interface Contents {
  /** Returns the entries of a name; undefined before it was loaded, and where loading failed. */
  of(name: string): readonly PlayEntry[] | undefined;
  /** @throws InputError for all that is wrong in it */
  load(name: string): Promise<readonly PlayEntry[]>;
  /** Returns everything that was loaded. */
  all(): readonly PlayEntry[];
}

/** Tasks that belong together: `block`, with `rescue` and `always`. Asked once whether they are wanted. */
export interface BlockEntry extends Entry {
  readonly kind: 'block';
  /** `name`, a template. */
  readonly title: string | undefined;
  readonly notify: readonly string[];
  readonly tasks: readonly PlayEntry[];
  readonly rescue: readonly PlayEntry[];
  readonly always: readonly PlayEntry[];
}

export type PlayEntry = TaskEntry | RoleEntry | FlushEntry | IncludeEntry | BlockEntry;

/** Returns entries with everything known to be inside them, in order. */
export function entriesWithin(entries: readonly PlayEntry[]): readonly PlayEntry[] {
  return entries.flatMap((entry) => [entry, ...entriesWithin(inside(entry))]);
}

function inside(entry: PlayEntry): readonly PlayEntry[] {
  if (entry.kind === 'include') return entry.contents.all();
  return entry.kind === 'block' ? [...entry.tasks, ...entry.rescue, ...entry.always] : [];
}

/** A play as it was written, with its hosts. */
export interface PlayBlueprint {
  readonly name: string;
  readonly source: YamlSource;
  readonly place: Place;
  readonly hosts: readonly InventoryHost[];
  readonly words: Words;
  readonly vars: VariableTable;
  readonly serial: readonly number[];
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  readonly gatherFacts: boolean;
  readonly connection: 'ssh' | 'local' | undefined;
  /** Pre-tasks, roles with tasks, post-tasks: handlers that are due run after each. */
  readonly sections: readonly (readonly PlayEntry[])[];
  readonly handlers: readonly TaskEntry[];
}
