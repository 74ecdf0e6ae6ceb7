import { joinLines, linesOf, spliceLines, type TextLine } from '../../content/text-lines.js';

/** File of sysctl.d(5) with an edit made. */
export interface EditedSysctl {
  readonly text: string;
  readonly summary: string;
  /** Value before the edit. */
  readonly found: string | undefined;
  /** Another value was replaced. */
  readonly overwrites: boolean;
}

/**
 * Returns the path of a setting below /proc/sys. The separator that comes first separates; the other one stands for
 * itself.
 */
export function kernelPath(name: string): string {
  return `/proc/sys/${slashPath(name)}`;
}

/** Joins words by one blank: blanks and tabs are all the same to the kernel. */
export function oneBlank(value: string): string {
  return value.trim().split(/\s+/).join(' ');
}

/**
 * Gives a setting a value in the text of a file: the last line that has it is replaced. Without a value, every line
 * of it is removed.
 */
export function editSysctl(text: string, name: string, value: string | undefined): EditedSysctl {
  const lines = linesOf(text);
  const found = valueIn(text, name);
  const same = { text, summary: '', found, overwrites: false };
  const isOurs = (line: TextLine) => settingOf(line)?.name === slashPath(name);
  if (value === undefined) {
    const left = lines.filter((line) => !isOurs(line));
    if (left.length === lines.length) return same;
    return { text: joinLines(left), summary: 'no longer set at boot', found, overwrites: false };
  }
  if (found === value) return same;
  const line = `${name} = ${value}`;
  const last = lines.findLastIndex(isOurs);
  if (last >= 0) {
    const replaced = joinLines(spliceLines(lines, last, 1, [line]));
    return { text: replaced, summary: `at boot ${found} -> ${value}`, found, overwrites: true };
  }
  const head = lines.length === 0 ? ['# Managed by provision.'] : [];
  return {
    text: joinLines(spliceLines(lines, lines.length, 0, [...head, line])),
    summary: 'set at boot',
    found,
    overwrites: false,
  };
}

/** Returns the value of a setting in the text of a file; the last line counts. */
export function valueIn(text: string, name: string): string | undefined {
  return linesOf(text)
    .map(settingOf)
    .findLast((setting) => setting?.name === slashPath(name))?.value;
}

function settingOf({ text }: TextLine): { readonly name: string; readonly value: string } | undefined {
  const [, name = '', value = ''] = /^\s*(?:-\s*)?([^\s#;=-][^\s=]*)\s*=(.*)$/.exec(text) ?? [];
  return name === '' ? undefined : { name: slashPath(name), value: oneBlank(value) };
}

function slashPath(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  if (first !== '.') return name;
  return name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'));
}
