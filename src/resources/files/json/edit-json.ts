import { isDeepStrictEqual } from 'node:util';
import { type JsonArray, type JsonNode, type JsonObject, jsonValue } from './json-text.js';

/** Changes to a JSON text, gathered from its nodes and made in one go. */
export class JsonEdits {
  readonly added: string[] = [];
  readonly replaced: string[] = [];
  private readonly changes: { start: number; end: number; text: string }[] = [];
  private readonly unit: string;

  constructor(
    private readonly text: string,
    private readonly lists: 'union' | 'replace',
  ) {
    this.unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  }

  mergeObject(node: JsonObject, wanted: Readonly<Record<string, unknown>>, way: readonly string[]): void {
    const missing: string[] = [];
    for (const [key, value] of Object.entries(wanted)) {
      const member = node.members.find((each) => each.key === key);
      if (member !== undefined) this.mergeValue(member.value, value, [...way, key]);
      else {
        missing.push(key);
        this.added.push([...way, key].join('.'));
      }
    }
    const first = node.members[0];
    this.insert(node, first?.start, node.members.at(-1)?.value.end, (indent) =>
      missing.map((key) => `${JSON.stringify(key)}: ${this.format(wanted[key], indent)}`),
    );
  }

  private mergeValue(node: JsonNode, wanted: unknown, way: readonly string[]): void {
    if (node.kind === 'object' && isRecord(wanted)) {
      this.mergeObject(node, wanted, way);
    } else if (node.kind === 'array' && Array.isArray(wanted) && this.lists === 'union') {
      this.unite(node, wanted, way);
    } else if (!isDeepStrictEqual(jsonValue(node), wanted)) {
      this.replaced.push(way.join('.'));
      this.changes.push({ start: node.start, end: node.end, text: this.format(wanted, this.indentAt(node.start)) });
    }
  }

  private unite(node: JsonArray, wanted: readonly unknown[], way: readonly string[]): void {
    const there = node.items.map(jsonValue);
    const missing = wanted.filter((item) => !there.some((each) => isDeepStrictEqual(each, item)));
    if (missing.length > 0)
      this.added.push(`${way.join('.')} ${missing.map((item) => JSON.stringify(item)).join(' ')}`);
    this.insert(node, node.items[0]?.start, node.items.at(-1)?.end, (indent) =>
      missing.map((item) => this.format(item, indent)),
    );
  }

  /** Adds entries at the end of an object or a list, in its own style: on lines of their own, or on its line. */
  private insert(
    node: JsonArray | JsonObject,
    firstStart: number | undefined,
    lastEnd: number | undefined,
    entries: (indent: string | undefined) => readonly string[],
  ): void {
    const ownLines = firstStart === undefined || this.text.slice(node.start, firstStart).includes('\n');
    const outer = this.indentAt(node.start);
    const indent = firstStart === undefined ? outer + this.unit : this.indentAt(firstStart);
    const made = entries(ownLines ? indent : undefined);
    if (made.length === 0) return;
    const joined = made.join(ownLines ? `,\n${indent}` : ', ');
    if (lastEnd === undefined) {
      const text = `\n${indent}${joined}\n${outer}`;
      this.changes.push({ start: node.start + 1, end: node.end - 1, text });
    } else {
      this.changes.push({ start: lastEnd, end: lastEnd, text: ownLines ? `,\n${indent}${joined}` : `, ${joined}` });
    }
  }

  private format(value: unknown, indent: string | undefined): string {
    if (indent === undefined) return JSON.stringify(value);
    return JSON.stringify(value, null, this.unit).replaceAll('\n', `\n${indent}`);
  }

  private indentAt(offset: number): string {
    const line = this.text.slice(this.text.lastIndexOf('\n', offset - 1) + 1, offset);
    return /^[ \t]*/.exec(line)?.[0] ?? '';
  }

  apply(): string {
    let result = this.text;
    for (const { start, end, text } of this.changes.toSorted((a, b) => b.start - a.start)) {
      result = result.slice(0, start) + text + result.slice(end);
    }
    return result;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
