import type { EditedText } from '../../content/edit-line.js';
import { JsonEdits } from './edit-json.js';
import { JsonMistake, type JsonNode, type JsonObject, parseJson } from './json-text.js';

/** Which keys of a JSON file are ours. */
export interface JsonMerge {
  readonly merge: Readonly<Record<string, unknown>>;
  /** `union`: entries that are missing are added; `replace`: a list is as given. */
  readonly lists: 'union' | 'replace';
  /** Keys to be gone, each as the way to it. */
  readonly remove: readonly (readonly string[])[];
}

/**
 * Puts keys into a JSON text and touches nothing else of it: order, indentation and numbers stay as they were written.
 *
 * @throws JsonMistake for a text that is no JSON object
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

function rootOf(text: string): JsonObject {
  const root = parseJson(text);
  if (root.kind !== 'object') throw new JsonMistake(text, root.start, 'expected an object, {…}');
  return root;
}

/** The text without a key, nothing where it isn't there. */
function removeKey(text: string, way: readonly string[]): string | undefined {
  const key = way.at(-1);
  const node = way.slice(0, -1).reduce<JsonNode | undefined>(valueAt, rootOf(text));
  if (node?.kind !== 'object') return undefined;
  const index = node.members.findIndex((member) => member.key === key);
  const member = node.members[index];
  if (member === undefined) return undefined;
  const before = node.members[index - 1];
  const after = node.members[index + 1];
  if (before !== undefined) return text.slice(0, before.value.end) + text.slice(member.value.end);
  if (after !== undefined) return text.slice(0, member.start) + text.slice(after.start);
  return `${text.slice(0, node.start)}{}${text.slice(node.end)}`;
}

function valueAt(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.find((member) => member.key === key)?.value : undefined;
}
