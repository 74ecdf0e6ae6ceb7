import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Diagnostics, Place } from './diagnostic.js';
import { reasonOf } from './reason.js';

export type YamlPath = readonly (string | number)[];

/** A YAML file that was read: its value, and where each part of it was written. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Where the value at a path, or its key, stands. A path that isn't there gives the nearest part around it that is. */
  placeOf(path: YamlPath, part?: 'key' | 'value'): Place;
}

/** Reads a YAML file; what is wrong with it is collected, and nothing returned. */
export function readYaml(file: string, diagnostics: Diagnostics): YamlSource | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read ${file}: ${reasonOf(error)}` });
    return undefined;
  }
  return parseYaml(file, text, diagnostics);
}

/** Parses YAML 1.2 (core schema, one document, no duplicate keys, no custom tags); all its errors are collected. */
export function parseYaml(file: string, text: string, diagnostics: Diagnostics): YamlSource | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: true });
  const placeAt = (offset: number, end = offset + 1): Place => placeFrom(file, lines, text, offset, end);
  for (const problem of [...document.errors, ...document.warnings]) {
    const [start, end] = problem.pos;
    diagnostics.add({
      code: 'yaml',
      message: `YAML: ${lowerFirst(problem.message)}`,
      place: placeAt(start, end),
      hint: yamlHint(problem.code),
    });
  }
  if (document.errors.length + document.warnings.length > 0) return undefined;
  return {
    file,
    text,
    value: document.toJS(),
    placeOf: (path, part = 'value') => {
      const [start, end] = rangeOf(document, path, part);
      return placeAt(start, end);
    },
  };
}

function placeFrom(file: string, lines: LineCounter, text: string, start: number, end: number): Place {
  const { line, col } = lines.linePos(start);
  const firstLine = text.slice(start, end).split('\n')[0]?.trimEnd() ?? '';
  return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, firstLine.length) };
}

function rangeOf(document: Document, path: YamlPath, part: 'key' | 'value'): [number, number] {
  let node: unknown = document.contents;
  let range = rangeOfNode(node) ?? [0, 1];
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    const entry = entryOf(document, node, step);
    if (entry === undefined) break;
    node = entry.value;
    const keyRange = rangeOfNode(entry.key);
    range = (last && part === 'key' ? keyRange : rangeOfNode(node)) ?? keyRange ?? range;
  }
  return range;
}

function entryOf(
  document: Document,
  node: unknown,
  step: string | number,
): { key?: unknown; value: unknown } | undefined {
  const parent = isNode(node) ? resolved(document, node) : node;
  if (isSeq(parent)) {
    const item = parent.items[Number(step)];
    return item === undefined ? undefined : { value: item };
  }
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && keyText(item.key) === String(step));
  return pair === undefined ? undefined : { key: pair.key, value: pair.value ?? pair.key };
}

function resolved(document: Document, node: Node): unknown {
  return 'resolve' in node && typeof node.resolve === 'function' ? node.resolve(document) : node;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function rangeOfNode(node: unknown): [number, number] | undefined {
  if (!isNode(node) || node.range === undefined || node.range === null) return undefined;
  return [node.range[0], Math.max(node.range[1], node.range[0] + 1)];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

function yamlHint(code: string): string | undefined {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indent with blanks';
    case 'DUPLICATE_KEY':
      return 'keep one of the two';
    case 'TAG_RESOLVE_FAILED':
      return 'write the value without a tag';
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'check the indentation, and quote text that holds ": " or begins with { or ["';
    default:
      return undefined;
  }
}
