import { deepestLevel, readExpression } from './read-expression.js';
import { readTemplateName } from './read-name.js';
import { readNeighbor } from './read-neighbor.js';
import type { Branch, Statement, Template } from './syntax.js';
import { ImageTemplateError, placeIn, type TemplateText, unsupportedError, visibleWord } from './template-text.js';
import { type TemplateToken, TokenReader } from './tokens.js';

/** Most characters of a template; the longest of TripleO's has 35 000. */
export const longestTemplate = 256 * 1024;

/** Most levels of templates that include each other, and most of them altogether. */
const deepestInclude = 3;
const mostTemplates = 20;

/**
 * Reads a template and those that it includes; what it uses of Jinja2 beyond what templates of images need is refused
 * where it stands, before anything is rendered.
 *
 * @throws ImageTemplateError
 */
export function parseImageTemplate(template: TemplateText): Template {
  return new StatementReader(template, { names: [], count: { templates: 0 } }).whole();
}

interface Includes {
  /** Names of the templates that led here. */
  readonly names: readonly string[];
  readonly count: { templates: number };
}

/** A block that is open: what it is, and where it was opened. */
interface OpenBlock {
  readonly word: string;
  readonly token: TemplateToken;
}

class StatementReader {
  readonly #tokens: TokenReader;

  constructor(
    readonly template: TemplateText,
    readonly includes: Includes,
  ) {
    if (template.text.length > longestTemplate) {
      throw new ImageTemplateError(
        `a template of images has at most ${longestTemplate} characters`,
        placeIn(template, 0),
      );
    }
    this.#tokens = new TokenReader(template);
  }

  whole(): Template {
    const { body } = this.#body([], undefined, 0);
    return { ...this.template, body };
  }

  /** Statements up to one of these tags, whose name has been read then; or up to the end of the template. */
  #body(ends: readonly string[], opened: OpenBlock | undefined, depth: number): { body: Statement[]; word: string } {
    const body: Statement[] = [];
    for (;;) {
      const token = this.#tokens.next();
      if (token.kind === 'end') {
        if (opened === undefined) return { body, word: '' };
        const close = `close it with {% end${opened.word} %}`;
        throw this.#error(`{% ${opened.word} %} is not closed`, opened.token, close);
      }
      if (token.kind === 'data') body.push({ kind: 'data', text: token.text, at: token.at });
      else if (token.text === '{{') {
        body.push({ kind: 'output', value: readExpression(this.#tokens) });
        this.#tokens.expect('}}');
      } else {
        const tag = this.#tokens.next();
        if (tag.kind !== 'name') throw this.#tokens.unexpectedError(tag, 'the name of a statement');
        if (ends.includes(tag.text)) return { body, word: tag.text };
        body.push(this.#statement(tag, depth));
      }
    }
  }

  #statement(tag: TemplateToken, depth: number): Statement {
    if (depth >= deepestLevel) throw this.#error(`this stands deeper than ${deepestLevel} levels in the template`, tag);
    switch (tag.text) {
      case 'if':
        return this.#if(tag, depth);
      case 'for':
        return this.#for(tag, depth);
      case 'set':
        return this.#set();
      case 'include':
        return this.#include();
      case 'elif':
      case 'else':
      case 'endif':
      case 'endfor':
        throw this.#error(`{% ${tag.text} %} belongs to nothing that is open`, tag);
      default:
        throw unsupportedError(this.template, `{% ${tag.text} %}`, tag.at);
    }
  }

  #if(tag: TemplateToken, depth: number): Statement {
    const branches: Branch[] = [];
    const opened = { word: 'if', token: tag };
    for (;;) {
      const condition = readExpression(this.#tokens);
      this.#tokens.expect('%}');
      const { body, word } = this.#body(['elif', 'else', 'endif'], opened, depth + 1);
      branches.push({ condition, body });
      if (word === 'elif') continue;
      this.#tokens.expect('%}');
      if (word === 'endif') return { kind: 'if', branches, otherwise: [] };
      const otherwise = this.#body(['endif'], opened, depth + 1).body;
      this.#tokens.expect('%}');
      return { kind: 'if', branches, otherwise };
    }
  }

  #for(tag: TemplateToken, depth: number): Statement {
    const name = readTemplateName(this.#tokens);
    this.#tokens.expect('in');
    const list = readExpression(this.#tokens);
    this.#tokens.expect('%}');
    const { body } = this.#body(['endfor'], { word: 'for', token: tag }, depth + 1);
    this.#tokens.expect('%}');
    return { kind: 'for', name, list, body };
  }

  #set(): Statement {
    const name = readTemplateName(this.#tokens);
    this.#tokens.expect('=');
    const value = readExpression(this.#tokens);
    this.#tokens.expect('%}');
    return { kind: 'set', name, value };
  }

  #include(): Statement {
    const token = this.#tokens.next();
    if (token.kind !== 'text') throw this.#tokens.unexpectedError(token, 'the name of a file in quotes');
    this.#tokens.expect('%}');
    const { names, count } = this.includes;
    if (names.length >= deepestInclude)
      throw this.#error(`templates include each other at most ${deepestInclude} deep`, token);
    count.templates += 1;
    if (count.templates > mostTemplates)
      throw this.#error(`a template includes at most ${mostTemplates} others`, token);
    const found = readNeighbor(this.template, token.text, longestTemplate);
    if ('error' in found) throw this.#error(found.error, token, found.hint);
    if (found.file === this.template.file || names.includes(found.file))
      throw this.#error(`"${visibleWord(token.text)}" would include itself`, token);
    const included = { names: [...names, this.template.file], count };
    return { kind: 'include', template: new StatementReader(found, included).whole() };
  }

  #error(message: string, { at, end }: TemplateToken, hint?: string): ImageTemplateError {
    return new ImageTemplateError(message, placeIn(this.template, at, end - at), hint);
  }
}
