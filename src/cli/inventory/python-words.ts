import { Data, isMap } from '../../vars/template/template-value.js';
import { SealedValue } from './sealed-value.js';

/** A value as Python prints it: text as it is, all else as a program would write it. */
export function pythonWords(value: unknown): string {
  if (value instanceof Data) return pythonWords(value.value);
  return typeof value === 'string' ? value : written(value);
}

function written(value: unknown): string {
  if (value instanceof SealedValue) return '(encrypted)';
  if (value instanceof Data) return written(value.value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (!isMap(value)) return String(value);
  const entries = Object.entries(value).map(([name, part]) => `${quoted(name)}: ${written(part)}`);
  return `{${entries.join(', ')}}`;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** In single quotes, unless the text has these and no double ones. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  const inside = text.replace(/[\\\x00-\x1f\x7f-\xa0]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return escapes[character] ?? `\\x${code}`;
  });
  return `${quote}${quote === "'" ? inside.replaceAll("'", "\\'") : inside}${quote}`;
}
