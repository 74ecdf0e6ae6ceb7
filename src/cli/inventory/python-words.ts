import { Data, isMap } from '../../vars/template/template-value.js';
import { SealedValue } from './sealed-value.js';

/** Returns a value as Python prints it: text as it is, everything else as a program would write it. */
export function pythonWords(value: unknown): string {
  if (value instanceof Data) return pythonWords(value.value);
  return typeof value === 'string' ? value : reprOf(value);
}

function reprOf(value: unknown): string {
  if (value instanceof SealedValue) return '(encrypted)';
  if (value instanceof Data) return reprOf(value.value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `[${value.map(reprOf).join(', ')}]`;
  if (!isMap(value)) return String(value);
  const entries = Object.entries(value).map(([name, part]) => `${quote(name)}: ${reprOf(part)}`);
  return `{${entries.join(', ')}}`;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Quotes a text: in single quotes, unless it has these and no double ones. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  const inside = text.replace(/[\\\x00-\x1f\x7f-\xa0]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return escapes[character] ?? `\\x${code}`;
  });
  return `${mark}${mark === "'" ? inside.replaceAll("'", "\\'") : inside}${mark}`;
}
