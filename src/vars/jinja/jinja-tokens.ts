export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign';
  readonly text: string;
}

const pattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_]\w*)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<sign>==|!=|<=|>=|\/\/|\*\*|[-+*/%~|.,:()[\]{}<>]))/y;

/** Returns the words of a Jinja expression; nothing if it isn't one. */
export function jinjaTokens(expression: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  const end = expression.trimEnd().length;
  while (pattern.lastIndex < end) {
    const groups = pattern.exec(expression)?.groups;
    if (groups === undefined) return undefined;
    for (const kind of ['number', 'name', 'text', 'sign'] as const) {
      const text = groups[kind];
      if (text !== undefined) tokens.push({ kind, text });
    }
  }
  return tokens;
}
