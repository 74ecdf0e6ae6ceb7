import { type JSONVisitor, type Node, type ParseErrorCode, parseTree, printParseErrorCode, visit } from 'jsonc-parser';

/** Error in a text that is no JSON; the message starts with `line:column: `. */
export class JsonError extends Error {
  constructor(text: string, offset: number, message: string) {
    const before = text.slice(0, offset).split('\n');
    super(`${before.length}:${(before.at(-1) ?? '').length + 1}: ${message}`);
    this.name = 'JsonError';
  }
}

/** Member of an object, with the place of its key. */
export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: Node;
}

/** Deepest nesting of lists and objects: the parser calls itself for each level. */
const deepest = 500;

/**
 * Reads JSON (RFC 8259), refusing comments and keys that occur twice.
 *
 * @throws JsonError at the first error
 */
export function parseJson(text: string): Node {
  check(text);
  const root = parseTree(text);
  if (root === undefined) throw new JsonError(text, 0, 'expected a value, found the end');
  return root;
}

/** Ends at the first error, where `parseTree` would gather all of them. */
function check(text: string): void {
  const keysOfOpen: Set<string>[] = [];
  const open = (offset: number) => {
    if (keysOfOpen.length >= deepest) {
      throw new JsonError(text, offset + 1, `nested deeper than ${deepest} levels`);
    }
    keysOfOpen.push(new Set());
  };
  const close = () => void keysOfOpen.pop();
  const visitor: JSONVisitor = {
    onObjectBegin: open,
    onObjectEnd: close,
    onArrayBegin: open,
    onArrayEnd: close,
    onObjectProperty: (key, offset) => {
      const keys = keysOfOpen.at(-1);
      if (keys?.has(key)) throw new JsonError(text, offset, `"${key}" occurs twice`);
      keys?.add(key);
    },
    onError: (code, offset) => {
      throw new JsonError(text, offset, describeError(text, code, offset));
    },
  };
  visit(text, visitor, { disallowComments: true });
}

function describeError(text: string, code: ParseErrorCode, offset: number): string {
  const found = offset >= text.length ? 'the end' : JSON.stringify(text[offset]);
  switch (printParseErrorCode(code)) {
    case 'PropertyNameExpected':
      return `expected a key in quotes, found ${found}`;
    case 'ValueExpected':
      return `expected a value, found ${found}`;
    case 'ColonExpected':
      return `expected :, found ${found}`;
    case 'CommaExpected':
      return `expected a comma, found ${found}`;
    case 'CloseBraceExpected':
      return `expected , or }, found ${found}`;
    case 'CloseBracketExpected':
      return `expected , or ], found ${found}`;
    case 'EndOfFileExpected':
      return `expected nothing more, found ${found}`;
    case 'InvalidCommentToken':
      return 'JSON has no comments';
    case 'UnexpectedEndOfString':
      return 'the closing quote is missing';
    case 'UnexpectedEndOfNumber':
    case 'InvalidNumberFormat':
      return 'is no number';
    case 'InvalidUnicode':
    case 'InvalidEscapeCharacter':
      return 'the text in quotes holds an unknown escape sequence';
    case 'InvalidCharacter':
      return 'the text in quotes holds a control character';
    default:
      return `unexpected ${found}`;
  }
}

/** Lists the members of an object, in their order; a node of another type has none. */
export function membersOf(node: Node): readonly JsonMember[] {
  if (node.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [{ key: String(key.value), start: key.offset, value }],
  );
}

/** Returns the offset behind a node. */
export function endOf({ offset, length }: Node): number {
  return offset + length;
}

/** Returns the value that a node stands for. `__proto__` is a key like any other. */
export function jsonValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(jsonValue);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(membersOf(node).map(({ key, value }) => [key, jsonValue(value)]));
}
