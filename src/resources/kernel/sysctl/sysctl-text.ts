/** A file of sysctl.d(5) with an edit made. */
export interface EditedSysctl {
  readonly text: string;
  readonly summary: string;
  /** What was said before. */
  readonly found: string | undefined;
  /** Another value had to go. */
  readonly overwrites: boolean;
}

/** Where the kernel has a setting. The separator that comes first separates; the other one stands for itself. */
export function kernelPath(name: string): string {
  return `/proc/sys/${slashed(name)}`;
}

/** Blanks and tabs are all the same to the kernel. */
export function oneBlank(value: string): string {
  return value.trim().split(/\s+/).join(' ');
}

/** Makes a setting have a value in the text of a file: the last line that says it is replaced. Nothing for a value: every line goes. */
export function editSysctl(text: string, name: string, value: string | undefined): EditedSysctl {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const found = valueIn(text, name);
  const same = { text, summary: '', found, overwrites: false };
  const joined = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
  const isOurs = (line: string) => settingOf(line)?.name === slashed(name);
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

/** What a file's text gives a setting, the last line counting. */
export function valueIn(text: string, name: string): string | undefined {
  return text
    .split('\n')
    .map(settingOf)
    .findLast((setting) => setting?.name === slashed(name))?.value;
}

function settingOf(line: string): { readonly name: string; readonly value: string } | undefined {
  const [, name = '', value = ''] = /^\s*(?:-\s*)?([^\s#;=-][^\s=]*)\s*=(.*)$/.exec(line) ?? [];
  return name === '' ? undefined : { name: slashed(name), value: oneBlank(value) };
}

function slashed(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  if (first !== '.') return name;
  return name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'));
}
