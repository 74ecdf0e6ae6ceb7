/** A piece of POSIX shell script whose every interpolated value has been quoted. Only {@link sh} makes one. */
export class Sh {
  /** @internal use {@link sh} */
  constructor(readonly script: string) {}

  toString(): string {
    return this.script;
  }
}

export type ShValue = string | number | Sh | readonly (string | number | Sh)[];

/**
 * Builds shell script from a template: strings are quoted, numbers stand as they are, other {@link Sh} pieces are
 * inserted as script, and lists become words separated by blanks. `\\${name}` is the shell's own expansion.
 *
 * @example sh`install -d -m ${'0755'} ${paths}`
 * @throws RangeError for a string with a NUL byte, which no shell word can hold
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShValue[]): Sh {
  const pieces = piecesOf(strings);
  let script = pieces[0] ?? '';
  for (const [index, value] of values.entries()) {
    script += word(value) + (pieces[index + 1] ?? '');
  }
  return new Sh(script);
}

/** A template is read once, however often it is filled in: for a hundred hosts that is most of the work. */
const read = new WeakMap<TemplateStringsArray, readonly string[]>();

function piecesOf(strings: TemplateStringsArray): readonly string[] {
  const known = read.get(strings) ?? strings.raw.map(asWritten);
  read.set(strings, known);
  return known;
}

/** Backslashes are the shell's, but for the two that TypeScript asks for: before a dollar with a brace, and a backtick. */
function asWritten(raw: string): string {
  return raw.replaceAll('\\${', '${').replaceAll('\\`', '`');
}

/** Puts pieces of script one after the other, separated by a newline unless another separator is given. */
export function joinSh(pieces: readonly Sh[], separator = '\n'): Sh {
  return new Sh(pieces.map((piece) => piece.script).join(separator));
}

/** One shell word that means exactly this text. */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('a shell word cannot hold a NUL byte');
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function word(value: ShValue): string {
  if (value instanceof Sh) return value.script;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quote(value);
  return value.map(word).join(' ');
}
