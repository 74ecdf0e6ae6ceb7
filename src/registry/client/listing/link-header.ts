/**
 * Returns the address of the next page in a `Link` header (RFC 8288, 3). Links, parameters and words of `rel` may be
 * many, in any order. A link with an `anchor` is about something else. Undefined where there is none.
 */
export function nextLink(header: string | string[] | undefined): string | undefined {
  for (const text of [header].flat()) {
    let at = 0;
    while (text !== undefined) {
      const open = text.indexOf('<', at);
      const close = open < 0 ? -1 : text.indexOf('>', open);
      if (close < 0) break;
      const { parameters, end } = readParameters(text, close + 1);
      if (parameters.anchor === undefined && parameters.rel?.toLowerCase().split(/\s+/).includes('next'))
        return text.slice(open + 1, close);
      at = end;
    }
  }
  return undefined;
}

const parameter = /\s*;\s*([!#$%&'*+.^_`|~0-9A-Za-z-]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;

/** Parameters behind an address; the first of a name counts (RFC 8288, 3.3). */
function readParameters(text: string, from: number) {
  const parameters: Record<string, string> = Object.create(null);
  let end = from;
  for (;;) {
    parameter.lastIndex = end;
    const found = parameter.exec(text);
    if (found === null) return { parameters, end };
    const [whole, name = '', quoted, token] = found;
    parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? token ?? '';
    end += whole.length;
  }
}
