import { visible, visibleLine } from '../printable.js';
import { printableJsonText } from '../printable-json.js';

/**
 * Returns the forms in which a secret may turn up in output: plain; in base64, alone or within something longer, as the
 * password is in `user:password`; in a URL; in JSON; quoted for a shell; with hazardous characters shown. Each line of
 * a secret of several lines is one too.
 */
export function formsOf(secret: string): ReadonlySet<string> {
  const forms = new Set<string>();
  for (const text of textsOf(secret)) {
    for (const form of [
      text,
      ...base64(text),
      ...inUrls(text),
      ...inJson(text),
      ...inShells(text),
      visible(text),
      visibleLine(text),
    ]) {
      if (form.length >= shortest) forms.add(form);
    }
  }
  return forms;
}

/** Length below which a form is not looked for: whatever else is printed would be full of it. */
export const shortest = 4;

function textsOf(secret: string): readonly string[] {
  const whole = secret.trim();
  if (whole.length < shortest || dull.has(whole.toLowerCase())) return [];
  if (!whole.includes('\n')) return secret === whole ? [whole] : [whole, secret];
  const lines = whole.split('\n').map((line) => line.trim());
  return [secret, whole, ...lines.filter((line) => line.length >= 8 && !armour.test(line))];
}

/** Words that are no secret, wherever they are kept. */
const dull = new Set(['true', 'false', 'null', 'none']);
const armour = /^-----.*-----$/;

function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  // Within longer text it begins at any of three places, which leaves all but its ends the same.
  const inner = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = before === 0 ? 0 : before + 1;
    return encoded.slice(from, Math.floor(((before + bytes.length) * 8) / 6));
  });
  const long = inner.filter((each) => each.length >= 8);
  return [...whole, ...long, ...long.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'))];
}

function inUrls(text: string): string[] {
  if (/\p{Surrogate}/u.test(text)) return [];
  const encoded = encodeURIComponent(text);
  const strict = encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const all = [encoded, strict];
  const lower = all.map((each) => each.replace(/%../g, (code) => code.toLowerCase()));
  return [...all, ...lower, ...all.map((each) => each.replaceAll('%20', '+'))];
}

function inJson(text: string): string[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  const ascii = quoted.replace(/[^\0-~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  // And once more within a text of JSON's own, as when a reply of JSON is shown in JSON.
  return [quoted, ascii, printableJsonText(quoted), JSON.stringify(quoted).slice(1, -1)];
}

function inShells(text: string): string[] {
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/[\\"$`]/g, '\\$&'),
    text.replace(/[^\w@%+=:,./-]/g, '\\$&'),
  ];
}
