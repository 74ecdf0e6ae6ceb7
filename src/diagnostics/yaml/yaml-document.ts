import {
  Composer,
  type Document,
  type DocumentOptions,
  Lexer,
  type LineCounter,
  type ParseOptions,
  Parser,
  type SchemaOptions,
  YAMLParseError,
} from 'yaml';
import type { Pieces } from '../../text/breathe.js';

/** Signs and words of YAML that are read in one piece: some milliseconds of work. */
const wordsAtOnce = 5000;

/** Parses the one document of a text, as `parseDocument` of the library does, in pieces. What follows it is its error. */
export function* yamlDocument(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions & { readonly lineCounter: LineCounter },
): Pieces<Document.Parsed> {
  const parser = new Parser(options.lineCounter.addNewLine);
  options.lineCounter.addNewLine(0);
  const tokens = [];
  let count = 0;
  for (const word of new Lexer().lex(text)) {
    tokens.push(...parser.next(word));
    count += 1;
    if (count % wordsAtOnce === 0) yield;
  }
  tokens.push(...parser.end());
  yield;
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (document === undefined) throw new Error('a text without a document');
  yield;
  if (second !== undefined) {
    const [start, end] = second.range;
    document.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', 'a second document'));
  }
  return document;
}
