const keyword = /passw(?:or)?d|passphrase|_pass|_secret|secret_?key|token|authorization/i;

/** Returns true for a key whose value must not be shown: `become_password`, `registry_token`. */
export function isSecretName(name: string): boolean {
  return /^[\w-]*$/.test(name) && (keyword.test(name) || /^secret$/i.test(name)) && !/_file$/.test(name);
}

/** Returns true for a word that may hold the name of a secret: the last part of `my-secret` is one. */
function holdsSecretName(word: string): boolean {
  return keyword.test(word) || /(?:^|-)secret$/i.test(word);
}

/** Values in quotes of JSON and YAML, including one that continues in the next line. */
const quoted = String.raw`"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?`;
/** Values of a key: within brackets a plain one ends at a comma, elsewhere with its line. */
const values = {
  within: new RegExp(String.raw`["']?\s*[:=]\s*(${quoted}|[^\s,}\]{[][^,}\]]*)`, 'y'),
  alone: new RegExp(String.raw`["']?\s*[:=]\s*(${quoted}|[^\s{[].*)`, 'y'),
} as const;

/**
 * Masks the values of such keys in a line of a file with stars. The line is read once, word by word: it may be as long
 * as its file.
 */
export function maskSecretValues(line: string): string {
  const words = /[\w-]+/g;
  let value: RegExp | undefined;
  let shown = '';
  let from = 0;
  for (let word = words.exec(line); word !== null; word = words.exec(line)) {
    if (!holdsSecretName(word[0])) continue;
    value ??= /[{[]/.test(line.slice(0, word.index)) ? values.within : values.alone;
    value.lastIndex = words.lastIndex;
    const text = value.exec(line)?.[1];
    if (text === undefined) continue;
    words.lastIndex = value.lastIndex;
    if (/_file$/.test(word[0]) || /^(?:["']?\{\{|(?:true|false|yes|no)\b)/.test(text)) continue;
    shown += `${line.slice(from, value.lastIndex - text.length)}${'*'.repeat(8)}`;
    from = value.lastIndex;
  }
  return shown + line.slice(from);
}
