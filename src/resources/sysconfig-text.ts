import { type DockerFlag, flagsIn, isDefaultFlag, sameValue, slotOfFlag, wordSpans } from './docker-flags.js';
import type { EditedText } from './edit-line.js';

/** Names whose values end up on dockerd's command line; `other_args` is what EL6 called OPTIONS. */
export const flagVariables = ['OPTIONS', 'other_args', 'ADD_REGISTRY', 'BLOCK_REGISTRY', 'INSECURE_REGISTRY'] as const;

/** A line `NAME=value` of a file in /etc/sysconfig. */
interface Assignment {
  readonly name: string;
  readonly value: string;
  /** Which line it is, from 0. */
  readonly line: number;
  /** What stands before and after the value, quotes included. */
  readonly before: string;
  readonly after: string;
}

/** A flag that a file should hold, and the variable it goes to where no variable has it. */
export interface WantedFlag {
  readonly variable: (typeof flagVariables)[number];
  readonly name: string;
  /** `true` for a switch. */
  readonly value: string;
}

/** A flag and the name of the variable that has it. */
export interface PlacedFlag extends DockerFlag {
  readonly variable: string;
}

/** The flags that a file puts on dockerd's command line; a text says why it can't be understood. */
export function sysconfigFlags(text: string): readonly PlacedFlag[] | string {
  const assignments = assignmentsIn(text);
  return typeof assignments === 'string' ? assignments : placedFlags(assignments);
}

/** How a flag is written: entries of lists as two words, as the distribution's own tools write them. */
export function writtenFlag({ name, value }: Pick<WantedFlag, 'name' | 'value'>): string {
  if (value === 'true') return `--${name}`;
  return name.endsWith('-registry') ? `--${name} ${value}` : `--${name}=${value}`;
}

/**
 * Adds the flags that a file doesn't hold yet, whichever variable has them, and leaves the rest byte for byte. A flag
 * that may be there only once and has another value is replaced, which counts as overwriting. A text says why the file
 * can't be edited.
 */
export function mergeSysconfig(text: string, wanted: readonly WantedFlag[]): EditedText | string {
  const assignments = assignmentsIn(text);
  if (typeof assignments === 'string') return assignments;
  const present = placedFlags(assignments);
  const added: WantedFlag[] = [];
  const replaced: { readonly old: PlacedFlag; readonly wanted: WantedFlag }[] = [];
  for (const flag of wanted) {
    const slot = slotOfFlag(flag);
    const old = present.findLast((each) =>
      slot === undefined
        ? each.name === flag.name && sameValue(flag.name, each.value, flag.value)
        : slotOfFlag(each) === slot,
    );
    if (old === undefined) {
      if (!isDefaultFlag(flag)) added.push(flag);
    } else if (!sameValue(flag.name, old.value, flag.value)) replaced.push({ old, wanted: flag });
  }

  const lines = text.split('\n');
  for (const { name, value, line, before, after } of assignments.values()) {
    const changed = replaced
      .filter(({ old }) => old.variable === name)
      .sort((one, other) => other.old.at - one.old.at)
      .reduce((left, { old, wanted }) => replaceFlag(left, old, writtenFlag(wanted)), value);
    const all = [changed.trimEnd(), ...added.filter(({ variable }) => variable === name).map(writtenFlag)];
    const joined = all.filter((part) => part !== '').join(' ');
    if (changed !== value || all.length > 1) lines[line] = before + quoted(before, joined) + after;
  }
  for (const variable of flagVariables) {
    const flags = added.filter((flag) => flag.variable === variable);
    if (flags.length > 0 && !assignments.has(variable)) {
      insert(lines, variable, `${variable}="${flags.map(writtenFlag).join(' ')}"`);
    }
  }
  const words = (flags: readonly WantedFlag[]) => flags.map(writtenFlag).join(' ');
  const parts = [
    added.length === 0 ? '' : `added ${words(added)}`,
    replaced.length === 0 ? '' : `replaced ${words(replaced.map(({ wanted }) => wanted))}`,
  ];
  return {
    text: lines.join('\n'),
    summary: parts.filter((part) => part !== '').join('; '),
    overwrites: replaced.length > 0,
  };
}

/** The assignments that count: where a name occurs twice, the last one. */
function assignmentsIn(text: string): ReadonlyMap<string, Assignment> | string {
  const found = new Map<string, Assignment>();
  for (const [line, raw] of text.split('\n').entries()) {
    const [, before, name, rest] = /^(\s*(?:export\s+)?([A-Za-z_]\w*)=)(.*)$/s.exec(raw) ?? [];
    if (before === undefined || name === undefined || rest === undefined) continue;
    if (!flagVariables.some((each) => each === name)) continue;
    const [, quote, value, after] = /^(["']?)((?:(?!\1)[^\\]|[^"'\\\r])*)(\1\s*)$/s.exec(rest) ?? [];
    if (quote === undefined || value === undefined || after === undefined || (quote === '' && /["']/.test(value))) {
      return `:${line + 1}: the value of ${name} is not one pair of quotes on one line, so it is not edited`;
    }
    found.set(name, { name, line, value, before: before + quote, after });
  }
  return found;
}

function placedFlags(assignments: ReadonlyMap<string, Assignment>): readonly PlacedFlag[] {
  return [...assignments.values()].flatMap(({ name, value }) =>
    flagsIn(wordSpans(value).map(({ word }) => word)).map((flag) => ({ ...flag, variable: name })),
  );
}

function replaceFlag(value: string, old: PlacedFlag, written: string): string {
  const spans = wordSpans(value);
  const start = spans[old.at]?.start ?? 0;
  const end = spans[old.at + old.words - 1]?.end ?? value.length;
  return value.slice(0, start) + written + value.slice(end);
}

/** A value that had no quotes needs some once it has blanks. */
function quoted(before: string, value: string): string {
  return before.endsWith('=') && /\s/.test(value) ? `"${value}"` : value;
}

/** After the line that has the name in a comment, as the distribution's file does, or at the end. */
function insert(lines: string[], name: string, line: string): void {
  const comment = lines.findLastIndex((each) => new RegExp(`^\\s*#\\s*${name}=`).test(each));
  if (comment >= 0) lines.splice(comment + 1, 0, line);
  else if (lines.at(-1) === '') lines.splice(-1, 0, line);
  else lines.push(line, '');
}
