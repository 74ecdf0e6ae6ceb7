import type { EditedText } from '../content/edit-line.js';
import { type DockerFlag, flagsIn, isDefaultFlag, sameValue, slotOfFlag, wordSpans } from './docker-flags.js';
import { type EnvAssignment, readEnvFile } from './env-file.js';

/** Variables whose values end up on dockerd's command line; `other_args` is EL6's name for OPTIONS. */
export const flagVariables = ['OPTIONS', 'other_args', 'ADD_REGISTRY', 'BLOCK_REGISTRY', 'INSECURE_REGISTRY'] as const;

/** Flag that a file should hold, and the variable that gets it where no variable has it. */
export interface WantedFlag {
  readonly variable: (typeof flagVariables)[number];
  readonly name: string;
  /** `true` for a switch. */
  readonly value: string;
}

/** Flag, and the name of the variable that has it. */
export interface PlacedFlag extends DockerFlag {
  readonly variable: string;
}

/** Lists the flags that a file puts on dockerd's command line; a text says why it can't be read. */
export function sysconfigFlags(text: string): readonly PlacedFlag[] | string {
  const assignments = assignmentsIn(text);
  return typeof assignments === 'string' ? assignments : placedFlags(assignments);
}

/** Formats a flag: entries of lists as two words, as the distribution's own tools write them. */
export function writtenFlag({ name, value }: Pick<WantedFlag, 'name' | 'value'>): string {
  if (value === 'true') return `--${name}`;
  return name.endsWith('-registry') ? `--${name} ${value}` : `--${name}=${value}`;
}

/**
 * Adds the flags that a file doesn't hold yet, in any variable, and leaves the rest byte for byte. A flag that may be
 * there only once and has another value is replaced, which counts as overwriting, as does the removal of values that an
 * exclusive flag is not to have. A text says why the file can't be edited.
 */
export function mergeSysconfig(
  text: string,
  wanted: readonly WantedFlag[],
  exclusive: readonly string[] = [],
): EditedText | string {
  const assignments = assignmentsIn(text);
  if (typeof assignments === 'string') return assignments;
  const present = placedFlags(assignments);
  const added: WantedFlag[] = [];
  const replaced: Replacement[] = [];
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

  const removed = present.filter(
    (flag) =>
      exclusive.includes(flag.name) &&
      !wanted.some(({ name, value }) => name === flag.name && sameValue(name, flag.value, value)),
  );
  replaced.push(...removed.map((old) => ({ old, wanted: undefined })));
  const edits: Edit[] = [];
  for (const assignment of assignments.values()) {
    const ours = added.filter(({ variable }) => variable === assignment.name);
    const others = replaced.filter(({ old }) => old.variable === assignment.name);
    if (ours.length + others.length === 0) continue;
    const edit = editValue(text, assignment, ours, others);
    if (typeof edit === 'string') return edit;
    edits.push(edit);
  }
  for (const variable of flagVariables) {
    const flags = added.filter((flag) => flag.variable === variable);
    if (flags.length > 0 && !assignments.has(variable)) edits.push(newLine(text, variable, flags));
  }
  const words = (flags: readonly WantedFlag[]) => flags.map(writtenFlag).join(' ');
  const parts = [
    added.length === 0 ? '' : `added ${words(added)}`,
    replaced.length === removed.length ? '' : `replaced ${words(replaced.flatMap(({ wanted }) => wanted ?? []))}`,
    removed.length === 0 ? '' : `removed ${removed.map(writtenFlag).join(' ')}`,
  ];
  return {
    text: edited(text, edits),
    summary: parts.filter((part) => part !== '').join('; '),
    overwrites: replaced.length > 0,
  };
}

/** Removes flags of these names and values, in whichever variable they are. A text says why the file can't be edited. */
export function withoutFlags(text: string, flags: readonly Pick<WantedFlag, 'name' | 'value'>[]): EditedText | string {
  const present = sysconfigFlags(text);
  if (typeof present === 'string') return present;
  const isMeant = ({ name, value }: PlacedFlag) =>
    flags.some((flag) => flag.name === name && sameValue(name, flag.value, value));
  const names = [...new Set(present.filter(isMeant).map(({ name }) => name))];
  const stays = present.flatMap((flag) => {
    const variable = flagVariables.find((each) => each === flag.variable);
    return names.includes(flag.name) && !isMeant(flag) && variable !== undefined ? [{ ...flag, variable }] : [];
  });
  const edited = mergeSysconfig(text, stays, names);
  return typeof edited === 'string' ? edited : { ...edited, overwrites: false };
}

/** Returns the name of a flag among the entries of a file: with its value where others of its name may be beside it. */
export function flagEntry(flag: Pick<WantedFlag, 'name' | 'value'>): string {
  const slot = slotOfFlag(flag);
  return slot === undefined ? writtenFlag(flag) : `--${slot}`;
}

interface Replacement {
  readonly old: PlacedFlag;
  /** Undefined where the flag is to be removed. */
  readonly wanted: WantedFlag | undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function edited(text: string, edits: readonly Edit[]): string {
  // Of two edits at one place, the first comes first.
  return edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((one, other) => other.start - one.start || other.order - one.order)
    .reduce((left, edit) => left.slice(0, edit.start) + edit.text + left.slice(edit.end), text);
}

/** Lists the assignments in effect: the last one of each name. */
function assignmentsIn(text: string): ReadonlyMap<string, EnvAssignment> | string {
  const found = new Map<string, EnvAssignment>();
  for (const assignment of readEnvFile(text).assignments) {
    if (!flagVariables.some((each) => each === assignment.name)) continue;
    if (assignment.doubt !== undefined) {
      return `:${assignment.line}: ${assignment.name} is not edited: ${assignment.doubt}`;
    }
    found.set(assignment.name, assignment);
  }
  return found;
}

function placedFlags(assignments: ReadonlyMap<string, EnvAssignment>): readonly PlacedFlag[] {
  return [...assignments.values()].flatMap(({ name, value }) =>
    flagsIn(wordSpans(value).map(({ word }) => word)).map((flag) => ({ ...flag, variable: name })),
  );
}

/**
 * Edits a value within its quotes where it is one pair without escapes; otherwise it adds a piece in quotes of its
 * own.
 */
function editValue(
  text: string,
  { name, line, start, end, endsQuoted }: EnvAssignment,
  added: readonly WantedFlag[],
  replaced: readonly Replacement[],
): Edit | string {
  const raw = text.slice(start, end);
  const flags = added.map(writtenFlag).join(' ');
  const piece = onePiece(raw);
  if (piece === undefined) {
    if (replaced.length === 0 && endsQuoted) {
      const at = start + raw.trimEnd().length;
      return { start: at, end: at, text: `" ${flags}"` };
    }
    return `:${line}: ${name} is not edited: its value is of several pieces`;
  }
  const { quote, value, after } = piece;
  const changed = replaced
    .toSorted((one, other) => other.old.at - one.old.at)
    .reduce((left, { old, wanted }) => replaceFlag(left, old, wanted), value);
  const joined = [changed.trimEnd(), flags].filter((part) => part !== '').join(' ');
  // A value that had no quotes needs some once it has blanks.
  const around = quote === '' && /\s/.test(joined) ? '"' : '';
  return { start, end, text: quote + around + joined + around + after };
}

/** Splits a value that is one pair of quotes, or none, without escapes; `after` begins with the closing quote. */
function onePiece(raw: string): { quote: string; value: string; after: string } | undefined {
  const quote = /^["']/.exec(raw)?.[0];
  if (quote === undefined) return /["'\\]/.test(raw) ? undefined : { quote: '', value: raw, after: '' };
  const end = raw.indexOf(quote, 1);
  const value = raw.slice(1, end);
  if (end < 0 || value.includes('\\') || raw.slice(end + 1).trim() !== '') return undefined;
  return { quote, value, after: raw.slice(end) };
}

function replaceFlag(value: string, old: PlacedFlag, wanted: WantedFlag | undefined): string {
  const spans = wordSpans(value);
  const start = spans[old.at]?.start ?? 0;
  const end = spans[old.at + old.words - 1]?.end ?? value.length;
  if (wanted !== undefined) return value.slice(0, start) + writtenFlag(wanted) + value.slice(end);
  return `${value.slice(0, start).trimEnd()} ${value.slice(end).trimStart()}`.trim();
}

/** Adds a line after the one that has the name in a comment, as the distribution's file does, or at the end. */
function newLine(text: string, variable: string, flags: readonly WantedFlag[]): Edit {
  const ending = /\r\n/.test(text) ? '\r\n' : '\n';
  const line = `${variable}="${flags.map(writtenFlag).join(' ')}"${ending}`;
  const named = new RegExp(`^#\\s*${variable}=`);
  const comment = readEnvFile(text).comments.findLast((each) => named.test(each.text) && !each.text.includes('\n'));
  const at = comment?.next ?? text.length;
  return { start: at, end: at, text: at === text.length && !/(^|\n)$/.test(text) ? ending + line : line };
}
