/**
 * Returns the address of the next page in a `Link` header (RFC 8288, 3). Links, parameters and words of `rel` may be
 * many, in any order. A link with an `anchor` is about something else, unless that is the page itself. Undefined where
 * there is none. An address without its brackets is read as well: a page that is left out would not be missed.
 * @param isPage tells whether an anchor names the page that has the header
 */
export function nextLink(
  header: string | string[] | undefined,
  isPage: (anchor: string) => boolean = () => false,
): string | undefined {
  for (const given of [header].flat()) {
    const text = given?.replace(/^\s*([^\s<>;,"]+)(?=\s*;)/, '<$1>');
    let at = 0;
    while (text !== undefined) {
      const open = text.indexOf('<', at);
      const close = open < 0 ? -1 : text.indexOf('>', open);
      if (close < 0) break;
      const { parameters, end } = readParameters(text, close + 1);
      const isOwn = parameters.anchor === undefined || isPage(parameters.anchor);
      const words = parameters.rel?.toLowerCase().replace(/^'|'$/g, '').split(/\s+/);
      if (isOwn && words?.includes('next')) return text.slice(open + 1, close);
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
