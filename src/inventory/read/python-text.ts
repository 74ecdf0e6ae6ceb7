/** A quoted text of Python that begins at a place; without a value where its quotes are no text's. */
export interface PythonText {
  readonly value: string | undefined;
  readonly end: number;
}

/** Reads the quoted text that begins at a place: in any quotes, escapes resolved, or raw. Undefined where none begins. */
export function pythonText(source: string, at: number): PythonText | undefined {
  const opening = /([A-Za-z]*)('''|"""|'|")/y;
  opening.lastIndex = at;
  const [, prefix = '', quote = ''] = opening.exec(source) ?? [];
  if (quote === '') return undefined;
  const begin = opening.lastIndex;
  const end = closingQuote(source, begin, quote);
  if (end === undefined || !/^[ru]?$/i.test(prefix)) return { value: undefined, end: source.length };
  const inside = source.slice(begin, end);
  return { value: /^r$/i.test(prefix) ? inside : unescapeText(inside), end: end + quote.length };
}

function closingQuote(source: string, begin: number, quote: string): number | undefined {
  for (let at = begin; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source.startsWith(quote, at)) return at;
  }
  return undefined;
}

const single: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))/gs;

/** Resolves escapes. One that Python doesn't know stays as it is; one that is cut short makes it no text. */
function unescapeText(text: string): string | undefined {
  let wrong = false;
  const value = text.replace(
    escapes,
    (all, hex?: string, four?: string, eight?: string, octal?: string, other?: string) => {
      if (other === undefined) {
        const code = octal === undefined ? Number.parseInt(hex ?? four ?? eight ?? '', 16) : Number.parseInt(octal, 8);
        wrong ||= code > 0x10ffff;
        return wrong ? '' : String.fromCodePoint(code);
      }
      wrong ||= /[xuUN]/.test(other);
      return single[other] ?? all;
    },
  );
  return wrong ? undefined : value;
}
