import { type Document, isScalar, type LineCounter, visit } from 'yaml';
import type { Diagnostics, Place } from '../diagnostic.js';
import { mostProblems, repeatedKeysIn, tooDeep } from './yaml-limits.js';
import { unquotedTemplate } from './yaml-misuse.js';
import { rangeOfNode, type YamlRange } from './yaml-range.js';

/** Parsed text, with the places of its ranges. */
export interface ParsedText {
  readonly text: string;
  readonly lines: LineCounter;
  placeAt(start: number, end: number): Place;
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly pos: YamlRange;
}

/**
 * Reports the parser's errors, and keys that occur twice, in the order of the text. Returns true when there are any.
 */
export function reportProblems(document: Document.Parsed, parsed: ParsedText, diagnostics: Diagnostics): boolean {
  const repeated = repeatedKeysIn(document).map((key): Problem => {
    const isName = isScalar(key) && key.value === 'name';
    return {
      code: isName ? 'DUPLICATE_NAME' : 'DUPLICATE_KEY',
      message: 'map keys must be unique',
      pos: rangeOfNode(key) ?? [0, 1],
    };
  });
  const found = [...document.errors, ...document.warnings, ...repeated].sort((a, b) => a.pos[0] - b.pos[0]);
  const problems = withoutFollowers(found, document, parsed);
  const last = parsed.text.trimEnd().length;
  for (const { code, message, pos } of problems.slice(0, mostProblems)) {
    const place = parsed.placeAt(Math.min(pos[0], last), pos[1]);
    const hint = hintFor(code) ?? templateHint(lineOf(parsed, place.line));
    diagnostics.add({ code: 'yaml', message: `YAML: ${wordProblem(code, message)}`, place, hint });
  }
  const next = problems[mostProblems];
  if (next !== undefined) reportMore(problems.length - mostProblems, parsed.placeAt(...next.pos), diagnostics);
  return problems.length > 0;
}

/**
 * Ends a list of problems with a tab or a quote that is not closed: the parser takes nothing behind it for what it is. A quote is
 * reported where it opens, as it ends with the file.
 */
function withoutFollowers(problems: readonly Problem[], document: Document.Parsed, parsed: ParsedText): Problem[] {
  for (const [index, { code, message: said, pos }] of problems.slice(0, mostProblems).entries()) {
    const tab = tabBefore(pos[0], parsed);
    if (tab !== undefined) {
      const message = 'tabs are not allowed as indentation';
      return [...problems.slice(0, index), { code: 'TAB_AS_INDENT', message, pos: [tab, tab + 1] }];
    }
    if (code !== 'MISSING_CHAR' || !/^Missing closing .quote/.test(said)) continue;
    const quote = openingOf(pos[0], document) ?? pos[0];
    const message = 'this quote is not closed';
    return [...problems.slice(0, index), { code: 'OPEN_QUOTE', message, pos: [quote, quote + 1] }];
  }
  return [...problems];
}

/** Returns the offset of a tab that the line of an offset is indented with. */
function tabBefore(offset: number, { text }: ParsedText): number | undefined {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const [blanks = ''] = /^[ \t]*/.exec(text.slice(start, start + 1000)) ?? [];
  const tab = blanks.indexOf('\t');
  return tab < 0 ? undefined : start + tab;
}

/** Returns the offset at which a quoted text begins that ends at an offset. */
function openingOf(end: number, document: Document.Parsed): number | undefined {
  let found: number | undefined;
  visit(document, {
    Scalar: (_, node) => {
      const [start, last] = rangeOfNode(node) ?? [0, -1];
      if (/^QUOTE/.test(node.type ?? '') && start < end && last >= end) found = start;
    },
  });
  return found;
}

/** Reports the number of errors of a file that are not reported one by one. */
export function reportMore(more: number, place: Place, diagnostics: Diagnostics): void {
  diagnostics.add({
    code: 'yaml',
    message: `${more} more errors in this file`,
    place,
    hint: 'correct the others first',
  });
}

function lineOf({ text, lines: { lineStarts } }: ParsedText, line: number): string {
  return text.slice(lineStarts[line - 1] ?? 0, lineStarts[line] ?? text.length);
}

function wordProblem(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here';
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep;
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}

function templateHint(line: string): string | undefined {
  return /[:-]\s+\{\{/.test(line) ? unquotedTemplate : undefined;
}

function hintFor(code: string): string | undefined {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indent with blanks';
    case 'OPEN_QUOTE':
      return 'close it with the same sign: nothing behind it can be read';
    case 'DUPLICATE_KEY':
      return 'keep one of the two';
    case 'DUPLICATE_NAME':
      return 'keep one of the two, or indent it below the resource that it is a parameter of';
    case 'TAG_RESOLVE_FAILED':
      return 'write the value without a tag';
    case 'MULTIPLE_DOCS':
      return 'make a file of each, or remove the line "---"';
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'check the indentation, and quote text that holds ": " or begins with { or [';
    default:
      return undefined;
  }
}
