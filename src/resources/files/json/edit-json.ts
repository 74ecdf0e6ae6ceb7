import { isDeepStrictEqual } from 'node:util';
import { applyEdits, type Edit, type Node } from 'jsonc-parser';
import { isRecord } from '../../../model/is-record.js';
import { endOf, jsonValue, membersOf } from './json-text.js';

/** Changes to a JSON text, gathered from its nodes and made in one go. */
export class JsonEdits {
  readonly added: string[] = [];
  readonly replaced: string[] = [];
  readonly #text: string;
  readonly #lists: 'union' | 'replace';
  readonly #edits: Edit[] = [];
  readonly #unit: string;
  readonly #end: string;

  constructor(text: string, lists: 'union' | 'replace') {
    this.#text = text;
    this.#lists = lists;
    this.#unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
    this.#end = /\r?\n/.exec(text)?.[0] ?? '\n';
  }

  /** Merges wanted keys into an object; `way` leads to it from the root. */
  mergeObject(node: Node, wanted: Readonly<Record<string, unknown>>, way: readonly string[]): void {
    const members = membersOf(node);
    const missing: string[] = [];
    for (const [key, value] of Object.entries(wanted)) {
      const member = members.find((each) => each.key === key);
      if (member !== undefined) this.#mergeValue(member.value, value, [...way, key]);
      else {
        missing.push(key);
        this.added.push([...way, key].join('.'));
      }
    }
    this.#insert(node, (indent) =>
      missing.map((key) => `${JSON.stringify(key)}: ${this.#format(wanted[key], indent)}`),
    );
  }

  #mergeValue(node: Node, wanted: unknown, way: readonly string[]): void {
    if (node.type === 'object' && isRecord(wanted)) {
      this.mergeObject(node, wanted, way);
    } else if (node.type === 'array' && Array.isArray(wanted) && this.#lists === 'union') {
      this.#unite(node, wanted, way);
    } else if (!this.#isSame(node, wanted)) {
      this.replaced.push(way.join('.'));
      const { offset, length } = node;
      this.#edits.push({ offset, length, content: this.#format(wanted, this.#indentAt(offset)) });
    }
  }

  #unite(node: Node, wanted: readonly unknown[], way: readonly string[]): void {
    const present = node.children ?? [];
    const missing = wanted.filter((item) => !present.some((each) => this.#isSame(each, item)));
    if (missing.length > 0)
      this.added.push(`${way.join('.')} ${missing.map((item) => JSON.stringify(item)).join(' ')}`);
    this.#insert(node, (indent) => missing.map((item) => this.#format(item, indent)));
  }

  /** Compares a node with a value; whole numbers digit by digit, as many have no value of their own beyond 2^53. */
  #isSame(node: Node, wanted: unknown): boolean {
    const digits = this.#text.slice(node.offset, endOf(node));
    if (node.type === 'number' && Number.isInteger(wanted) && /^-?\d+$/.test(digits))
      return BigInt(digits) === BigInt(Number(wanted));
    return isDeepStrictEqual(jsonValue(node), wanted);
  }

  /**
   * Adds entries at the end of an object or a list, in its own style: on lines of their own, or on its line. The library's
   * `modify` would format again what stands beside them.
   */
  #insert(node: Node, formatEntries: (indent: string | undefined) => readonly string[]): void {
    const children = node.children ?? [];
    const first = children[0];
    const last = children.at(-1);
    const ownLines = first === undefined || this.#text.slice(node.offset, first.offset).includes('\n');
    const outer = this.#indentAt(node.offset);
    const indent = first === undefined ? outer + this.#unit : this.#indentAt(first.offset);
    const entries = formatEntries(ownLines ? indent : undefined);
    if (entries.length === 0) return;
    const joined = entries.join(ownLines ? `,${this.#end}${indent}` : ', ');
    if (last === undefined) {
      const content = this.#end + indent + joined + this.#end + outer;
      this.#edits.push({ offset: node.offset + 1, length: node.length - 2, content });
    } else {
      const content = ownLines ? `,${this.#end}${indent}${joined}` : `, ${joined}`;
      this.#edits.push({ offset: endOf(last), length: 0, content });
    }
  }

  #format(value: unknown, indent: string | undefined): string {
    if (indent === undefined) return JSON.stringify(value);
    return JSON.stringify(value, null, this.#unit).replaceAll('\n', this.#end + indent);
  }

  #indentAt(offset: number): string {
    const line = this.#text.slice(this.#text.lastIndexOf('\n', offset - 1) + 1, offset);
    return /^[ \t]*/.exec(line)?.[0] ?? '';
  }

  /** Returns the text with all changes made. */
  apply(): string {
    return applyEdits(this.#text, this.#edits);
  }
}
