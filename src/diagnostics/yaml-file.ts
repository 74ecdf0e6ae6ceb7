import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type ScalarTag } from 'yaml';
import type { Diagnostics, Place } from './diagnostic.js';
import { reasonOf } from './reason.js';
import { isSealed } from './sealed-text.js';
import { deepestYaml, isTooDeep } from './yaml-depth.js';
import { misusesIn, unquotedTemplate } from './yaml-misuse.js';
import { rangeOf } from './yaml-range.js';
import { openSealed, unseal, vaultTags } from './yaml-sealed.js';
import type { YamlVault } from './yaml-vault.js';

/** Which words are true and false. */
export type YamlWords = 'yaml-1.2' | 'ansible';

export type YamlPath = readonly (string | number)[];

/** A YAML file that was read: its value, and where each part of it was written. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Where the value at a path, or its key, stands. A path that isn't there gives the nearest part around it that is. */
  placeOf(path: YamlPath, part?: 'key' | 'value'): Place;
}

/**
 * Reads a YAML file; what is wrong with it is collected, and nothing returned.
 *
 * @param vault opens the file, or values of it, where they are encrypted
 * @param words `ansible`: yes, no, on and off are true and false, as in its inventories
 */
export function readYaml(
  file: string,
  diagnostics: Diagnostics,
  vault?: YamlVault,
  words?: YamlWords,
): YamlSource | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read ${file}: ${reasonOf(error)}` });
    return undefined;
  }
  return parseYaml(file, text, diagnostics, vault, words);
}

/** Parses YAML 1.2 (core schema, one document, no duplicate keys, no tag but `!vault` and `!unsafe`); all its errors are collected. */
export function parseYaml(
  file: string,
  given: string,
  diagnostics: Diagnostics,
  vault?: YamlVault,
  words: YamlWords = 'yaml-1.2',
): YamlSource | undefined {
  const sealed = isSealed(given);
  const text = sealed ? openSealed(file, given, diagnostics, vault) : given;
  if (text === undefined) return undefined;
  if (isTooDeep(text)) {
    const message = `YAML: lists and maps are nested deeper than ${deepestYaml} levels`;
    diagnostics.add({ code: 'yaml', message, place: { file, line: 1, column: 1 } });
    return undefined;
  }
  const lines = new LineCounter();
  const placeAt = (start: number, end: number): Place => placeFrom(file, lines, text, start, end);
  const customTags = words === 'ansible' ? [...vaultTags, yesAndNo] : vaultTags;
  const options = { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: true, customTags };
  const document = parseDocument(text, options);
  const problems = [...document.errors, ...document.warnings];
  for (const { code, message, pos } of problems) {
    const words = code === 'MULTIPLE_DOCS' ? 'a second document begins here' : lowerFirst(message);
    const place = placeAt(Math.min(pos[0], text.trimEnd().length), pos[1]);
    const hint = yamlHint(code) ?? templateHint(text, place.line);
    diagnostics.add({ code: 'yaml', message: `YAML: ${words}`, place, hint });
  }
  if (problems.length > 0) return undefined;
  const misuses = misusesIn(document);
  for (const { range, ...misuse } of misuses) diagnostics.add({ code: 'yaml', ...misuse, place: placeAt(...range) });
  if (misuses.length > 0 || !unseal(document, text, vault, placeAt, diagnostics)) return undefined;
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  if (sealed) vault?.keepSecret(value);
  return {
    file,
    text,
    value,
    placeOf: (path, part = 'value') => placeAt(...rangeOf(document, path, part)),
  };
}

/** The further words for true and false that YAML 1.1 has, of which PyYAML knows these. */
const yesAndNo: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (word) => /^(?:yes|on)$/i.test(word),
};

function placeFrom(file: string, lines: LineCounter, text: string, start: number, end: number): Place {
  const { line, col } = lines.linePos(start);
  const firstLine = text.slice(start, end).split('\n')[0]?.trimEnd() ?? '';
  return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, firstLine.length) };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

function templateHint(text: string, line: number): string | undefined {
  return /[:-]\s+\{\{/.test(text.split('\n')[line - 1] ?? '') ? unquotedTemplate : undefined;
}

function yamlHint(code: string): string | undefined {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indent with blanks';
    case 'DUPLICATE_KEY':
      return 'keep one of the two';
    case 'TAG_RESOLVE_FAILED':
      return 'write the value without a tag';
    case 'MULTIPLE_DOCS':
      return 'make a file of each, or take the line "---" out';
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'check the indentation, and quote text that holds ": " or begins with { or [';
    default:
      return undefined;
  }
}
