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
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const found = valueIn(text, name);
  const same = { text, summary: '', found, overwrites: false };
  const joined = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
  const isOurs = (line: string) => settingOf(line)?.name === slashPath(name);
  if (value === undefined) {
    const left = lines.filter((line) => !isOurs(line));
    if (left.length === lines.length) return same;
    return { text: joined(left), summary: 'no longer set at boot', found, overwrites: false };
  }
  if (found === value) return same;
  const line = `${name} = ${value}`;
  const last = lines.findLastIndex(isOurs);
  if (last >= 0) {
    return { text: joined(lines.with(last, line)), summary: `at boot ${found} -> ${value}`, found, overwrites: true };
  }
  const head = lines.length === 0 ? ['# Managed by provision.'] : lines;
  return { text: joined([...head, line]), summary: 'set at boot', found, overwrites: false };
}

/** Returns the value of a setting in the text of a file; the last line counts. */
export function valueIn(text: string, name: string): string | undefined {
  return text
    .split('\n')
    .map(settingOf)
    .findLast((setting) => setting?.name === slashPath(name))?.value;
}

function settingOf(line: string): { readonly name: string; readonly value: string } | undefined {
  const [, name = '', value = ''] = /^\s*(?:-\s*)?([^\s#;=-][^\s=]*)\s*=(.*)$/.exec(line) ?? [];
  return name === '' ? undefined : { name: slashPath(name), value: oneBlank(value) };
}

function slashPath(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  if (first !== '.') return name;
  return name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'));
}
