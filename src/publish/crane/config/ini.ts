import type { Diagnostics, Place } from '../../../diagnostics/diagnostic.js';

/** Value of an option, with its place. */
export interface IniValue {
  readonly value: string;
  readonly place: Place;
}

/** Section of a file, by its name: its options, by their names in small letters. */
export type IniSections = ReadonlyMap<
  string,
  { readonly place: Place; readonly options: ReadonlyMap<string, IniValue> }
>;

/** Reads an INI file as Python's ConfigParser does: `name: value` or `name = value`, `#` and `;` begin comments. */
export function readIni(text: string, file: string, diagnostics: Diagnostics): IniSections {
  const sections = new Map<string, { place: Place; options: Map<string, IniValue> }>();
  let section: Map<string, IniValue> | undefined;
  let last: string | undefined;
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const place = { file, line: at + 1, column: 1 };
    const add = (message: string, hint?: string) => diagnostics.add({ code: 'ini', message, place, hint });
    if (line.trim() === '' || /^[#;]/.test(line) || /^rem(\s|$)/i.test(line)) continue;
    if (/^\s/.test(line)) {
      const before = last === undefined ? undefined : section?.get(last);
      if (before === undefined || last === undefined) add('a line that continues none');
      else section?.set(last, { ...before, value: `${before.value}\n${line.trim()}`.trim() });
      continue;
    }
    const [, name] = /^\[([^\]]+)\]/.exec(line) ?? [];
    if (name !== undefined) {
      const known = sections.get(name) ?? { place, options: new Map<string, IniValue>() };
      sections.set(name, known);
      section = known.options;
      last = undefined;
      continue;
    }
    const [, option = '', value = ''] = /^([^:=\s][^:=]*?)\s*[:=]\s*(.*)$/.exec(line) ?? [];
    if (option === '') add('neither a section nor an option', 'write name: value');
    else if (section === undefined) add(`the option ${option} stands before any section`, 'write [general] above it');
    else {
      if (value.includes('%(')) add(`${option}: %(…) is not replaced here`, 'write the value itself');
      last = option.toLowerCase();
      section.set(last, { value: value.replace(/\s;.*$/, '').trim(), place });
    }
  }
  return sections;
}
