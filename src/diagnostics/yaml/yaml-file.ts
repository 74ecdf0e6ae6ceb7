import { LineCounter, type ScalarTag } from 'yaml';
import { atOnce, type Pieces } from '../../text/breathe.js';
import type { Diagnostics, Place } from '../diagnostic.js';
import { readOrReport } from '../read-or-report.js';
import { isSealed } from '../secrets/sealed-text.js';
import { keepLongNumbers } from './long-numbers.js';
import { aliasesIn } from './yaml-aliases.js';
import { isTooDeep } from './yaml-depth.js';
import { yamlDocument } from './yaml-document.js';
import { hasTooManyParts, mostProblems, mostYamlParts, tooDeep } from './yaml-limits.js';
import { misusesIn } from './yaml-misuse.js';
import { reportMore, reportProblems } from './yaml-problems.js';
import { rangeOf } from './yaml-range.js';
import { openSealed, unsealDocument, vaultTags } from './yaml-sealed.js';
import type { YamlVault } from './yaml-vault.js';

/** Set of words for true and false. */
export type YamlWords = 'yaml-1.2' | 'ansible';

export type YamlPath = readonly (string | number)[];

/** YAML file that was read: its value, and the place of each part of it. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /**
   * Returns the place of the value at a path, or of its key. For a path that doesn't exist it is the nearest part
   * around it.
   */
  placeOf(path: YamlPath, part?: 'key' | 'value'): Place;
}

/**
 * Reads a YAML file. Errors are collected, and undefined is returned then.
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
  const text = readOrReport(file, diagnostics);
  return text === undefined ? undefined : parseYaml(file, text, diagnostics, vault, words);
}

/** Parses YAML 1.2 (core schema, one document, no duplicate keys, no tag but `!vault` and `!unsafe`); all its errors are collected. */
export function parseYaml(
  file: string,
  text: string,
  diagnostics: Diagnostics,
  vault?: YamlVault,
  words?: YamlWords,
): YamlSource | undefined {
  return atOnce(parseYamlInPieces(file, text, diagnostics, vault, words));
}

/** Parses as {@link parseYaml} does, in pieces: for what is long. */
export function* parseYamlInPieces(
  file: string,
  given: string,
  diagnostics: Diagnostics,
  vault?: YamlVault,
  words: YamlWords = 'yaml-1.2',
): Pieces<YamlSource | undefined> {
  const sealed = isSealed(given);
  const opened = sealed ? openSealed(file, given, diagnostics, vault) : given;
  // The mark of an editor (U+FEFF) is no part of the text; the parser would count it as a column.
  const text = opened?.replace(/^\uFEFF/, '');
  if (text === undefined) return undefined;
  const start: Place = { file, line: 1, column: 1 };
  if (hasTooManyParts(text)) {
    const message = `the file has more than ${mostYamlParts} lines, commas, colons and brackets`;
    diagnostics.add({ code: 'yaml', message, place: start, hint: 'split it into several' });
    return undefined;
  }
  if (isTooDeep(text)) {
    diagnostics.add({ code: 'yaml', message: `YAML: ${tooDeep}`, place: start });
    return undefined;
  }
  const lines = new LineCounter();
  const placeAt = (start: number, end: number): Place => placeFrom(file, lines, text, start, end);
  const customTags = words === 'ansible' ? [...vaultTags, yesAndNo] : vaultTags;
  // A warning would go to standard error past all that is looked at there, with text of the file in it.
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: false,
    logLevel: 'error',
    customTags,
  } as const;
  const document = yield* yamlDocument(text, options);
  if (reportProblems(document, { text, lines, placeAt }, diagnostics)) return undefined;
  const aliases = aliasesIn(document);
  const misuses = misusesIn(document, aliases);
  yield;
  for (const { range, ...misuse } of misuses.slice(0, mostProblems)) {
    diagnostics.add({ code: 'yaml', ...misuse, place: placeAt(...range) });
  }
  const next = misuses[mostProblems];
  if (next !== undefined) reportMore(misuses.length - mostProblems, placeAt(...next.range), diagnostics);
  if (misuses.length > 0 || !unsealDocument(document, text, vault, placeAt, diagnostics)) return undefined;
  if (/[\da-f]{14}/i.test(text)) keepLongNumbers(document);
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  if (sealed) vault?.keepSecret(value);
  yield;
  return {
    file,
    text,
    value,
    placeOf: (path, part = 'value') => placeAt(...rangeOf(document, path, part, aliases)),
  };
}

/** Further words for true and false of YAML 1.1, as PyYAML knows them. */
const yesAndNo: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (word) => /^(?:yes|on)$/i.test(word),
};

function placeFrom(file: string, lines: LineCounter, text: string, start: number, end: number): Place {
  const { line, col } = lines.linePos(start);
  const firstLine = text.slice(start, Math.min(end, lines.lineStarts[line] ?? text.length)).trimEnd();
  return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, firstLine.length) };
}
