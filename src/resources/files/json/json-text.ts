/** A value in a JSON text, with where it stands, in characters from the start. */
export type JsonNode = JsonScalar | JsonArray | JsonObject;

export interface JsonScalar {
  readonly kind: 'scalar';
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly start: number;
  readonly end: number;
  readonly items: readonly JsonNode[];
}

export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
}

export interface JsonObject {
  readonly kind: 'object';
  readonly start: number;
  readonly end: number;
  readonly members: readonly JsonMember[];
}

/** A text that is no JSON; the message starts with `line:column: `. */
export class JsonMistake extends Error {
  constructor(text: string, offset: number, message: string) {
    const before = text.slice(0, offset).split('\n');
    super(`${before.length}:${(before.at(-1) ?? '').length + 1}: ${message}`);
    this.name = 'JsonMistake';
  }
}

const space = /[ \t\r\n]*/y;
const number = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 forbids them in strings
const string = /"([^"\\\x00-\x1f]|\\(["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const word = /true|false|null/y;

/** Levels of lists and objects in each other: more would be too many for what calls itself for each of them. */
const deepest = 500;

/**
 * Reads JSON (RFC 8259), refusing keys that occur twice.
 *
 * @throws JsonMistake
 */
export function parseJson(text: string): JsonNode {
  let at = 0;
  let depth = 0;

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }
  function take(sign: string): boolean {
    match(space);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  }
  function mistake(wanted: string): JsonMistake {
    const found = at >= text.length ? 'the end' : JSON.stringify(text[at]);
    return new JsonMistake(text, at, `expected ${wanted}, found ${found}`);
  }

  function value(): JsonNode {
    match(space);
    const start = at;
    if (take('{')) return within(() => object(start));
    if (take('[')) return within(() => array(start));
    const found = match(string) ?? match(number) ?? match(word);
    if (found === undefined) throw mistake('a value');
    return { kind: 'scalar', start, end: at, value: JSON.parse(found) };
  }
  function within<Node>(read: () => Node): Node {
    if (depth >= deepest) throw new JsonMistake(text, at, `nested deeper than ${deepest} levels`);
    depth += 1;
    const node = read();
    depth -= 1;
    return node;
  }
  function object(start: number): JsonObject {
    const members: JsonMember[] = [];
    const keys = new Set<string>();
    if (take('}')) return { kind: 'object', start, end: at, members };
    do {
      match(space);
      const place = at;
      const found = match(string);
      if (found === undefined) throw mistake(members.length === 0 ? 'a key in quotes, or }' : 'a key in quotes');
      const key: string = JSON.parse(found);
      if (keys.has(key)) throw new JsonMistake(text, place, `"${key}" occurs twice`);
      keys.add(key);
      if (!take(':')) throw mistake(':');
      members.push({ key, start: place, value: value() });
    } while (take(','));
    if (!take('}')) throw mistake(', or }');
    return { kind: 'object', start, end: at, members };
  }
  function array(start: number): JsonArray {
    const items: JsonNode[] = [];
    if (take(']')) return { kind: 'array', start, end: at, items };
    do items.push(value());
    while (take(','));
    if (!take(']')) throw mistake(', or ]');
    return { kind: 'array', start, end: at, items };
  }

  const root = value();
  match(space);
  if (at < text.length) throw mistake('nothing more');
  return root;
}

/** What a node means. */
export function jsonValue(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(jsonValue);
  return Object.fromEntries(node.members.map(({ key, value }) => [key, jsonValue(value)]));
}
