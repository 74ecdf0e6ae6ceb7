import type { Node } from 'jsonc-parser';
import type { EditedText } from '../../content/edit-line.js';
import { JsonEdits } from './edit-json.js';
import { endOf, JsonError, membersOf, parseJson } from './json-text.js';

/** Keys of a JSON file that are ours. */
export interface JsonMerge {
  readonly merge: Readonly<Record<string, unknown>>;
  /** `union`: entries that are missing are added; `replace`: a list is as given. */
  readonly lists: 'union' | 'replace';
  /** Keys to remove, each as the way to it. */
  readonly remove: readonly (readonly string[])[];
}

/**
 * Puts keys into a JSON text and touches nothing else of it: order, indentation and numbers stay as they were written.
 *
 * @throws JsonError for a text that is not a JSON object
 */
export function mergeJson(text: string, { merge, lists, remove }: JsonMerge): EditedText {
  if (text.trim() === '') {
    if (Object.keys(merge).length === 0) return { text, summary: '', overwrites: false };
    return { text: `${JSON.stringify(merge, null, 2)}\n`, summary: 'created', overwrites: false };
  }
  const cut = remove.reduce((left, way) => removeKey(left, way) ?? left, text);
  const removed = remove.filter((way) => removeKey(text, way) !== undefined);
  const edits = new JsonEdits(cut, lists);
  edits.mergeObject(rootOf(cut), merge, []);
  const parts = [
    edits.added.length === 0 ? '' : `added ${edits.added.join(', ')}`,
    edits.replaced.length === 0 ? '' : `replaced ${edits.replaced.join(', ')}`,
    removed.length === 0 ? '' : `removed ${removed.map((way) => way.join('.')).join(', ')}`,
  ];
  return {
    text: edits.apply(),
    summary: parts.filter((part) => part !== '').join('; '),
    overwrites: edits.replaced.length > 0,
  };
}

function rootOf(text: string): Node {
  const root = parseJson(text);
  if (root.type !== 'object') throw new JsonError(text, root.offset, 'expected an object, {…}');
  return root;
}

/** Returns the text without a key; undefined where the key isn't there. */
function removeKey(text: string, way: readonly string[]): string | undefined {
  const key = way.at(-1);
  const node = way.slice(0, -1).reduce<Node | undefined>(memberAt, rootOf(text));
  if (node === undefined) return undefined;
  const members = membersOf(node);
  const index = members.findIndex((member) => member.key === key);
  const member = members[index];
  if (member === undefined) return undefined;
  const before = members[index - 1];
  const after = members[index + 1];
  if (before !== undefined) return text.slice(0, endOf(before.value)) + text.slice(endOf(member.value));
  if (after !== undefined) return text.slice(0, member.start) + text.slice(after.start);
  return `${text.slice(0, node.offset)}{}${text.slice(endOf(node))}`;
}

function memberAt(node: Node | undefined, key: string): Node | undefined {
  return node === undefined ? undefined : membersOf(node).find((member) => member.key === key)?.value;
}
