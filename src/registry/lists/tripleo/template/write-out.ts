import type { Place } from '../../../../diagnostics/diagnostic.js';
import { Evaluator, type Names, templateErrorAt, unsetError } from './evaluate.js';
import type { Statement, Template, TemplateExpression } from './syntax.js';
import { ImageTemplateError, placeIn, type TemplateText, visibleWord } from './template-text.js';
import { isList, isTrue, type Value } from './value.js';

/** Most characters that a template may make. TripleO's make 35 000; reading YAML takes time. */
const longestOutput = 256 * 1024;

/** Characters that an expression may write out: those of names of images, parameters and services. */
const written = /^[\w.:/@+[\]-]*$/;

/** The text that a template made, and where each part of it comes from. */
export interface TemplateOutput {
  readonly text: string;
  placeAt(offset: number): Place;
}

interface Piece {
  readonly start: number;
  readonly template: TemplateText;
  readonly at: number;
  /** True for text that stands in the template as it was written out. */
  readonly asIs: boolean;
}

/**
 * Renders a template that was read.
 *
 * @throws ImageTemplateError
 */
export function writeOut(template: Template, values: ReadonlyMap<string, Value>): TemplateOutput {
  const writer = new Writer();
  writer.write(template.body, { values: new Map(values) }, template);
  return writer;
}

class Writer implements TemplateOutput {
  readonly #texts: string[] = [];
  readonly #pieces: Piece[] = [];
  readonly #evaluator = new Evaluator();
  #length = 0;

  get text(): string {
    return this.#texts.join('');
  }

  placeAt(offset: number): Place {
    let piece = this.#pieces[0];
    for (const next of this.#pieces) if (next.start <= offset) piece = next;
    if (piece === undefined) return { file: '', line: 1, column: 1 };
    return placeIn(piece.template, piece.at + (piece.asIs ? offset - piece.start : 0));
  }

  write(statements: readonly Statement[], names: Names, template: TemplateText): void {
    for (const statement of statements) this.#statement(statement, names, template);
  }

  #statement(statement: Statement, names: Names, template: TemplateText): void {
    const value = (expression: TemplateExpression) => this.#evaluator.valueOf(expression, names, template);
    switch (statement.kind) {
      case 'data':
        this.#evaluator.spend(template, statement.at);
        this.#add(statement.text, { template, at: statement.at, asIs: true });
        break;
      case 'output': {
        const text = outputOf(statement.value, value(statement.value), template);
        this.#add(text, { template, at: statement.value.at, asIs: false });
        break;
      }
      case 'if': {
        const branch = statement.branches.find(({ condition }) => isTrue(value(condition)));
        this.write(branch?.body ?? statement.otherwise, names, template);
        break;
      }
      case 'set':
        names.values.set(statement.name, value(statement.value));
        break;
      case 'for': {
        const list = value(statement.list);
        if (!isList(list)) throw templateErrorAt(template, statement.list, 'for goes over a list, and this is none');
        for (const each of list) {
          this.#evaluator.spend(template, statement.list.at);
          this.write(statement.body, { values: new Map([[statement.name, each]]), around: names }, template);
        }
        break;
      }
      case 'include':
        this.write(statement.template.body, { values: new Map(), around: names }, statement.template);
    }
  }

  #add(text: string, from: Omit<Piece, 'start'>): void {
    this.#pieces.push({ ...from, start: this.#length });
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length <= longestOutput) return;
    throw new ImageTemplateError(
      `the template makes more than ${longestOutput} characters`,
      placeIn(from.template, from.at),
    );
  }
}

function outputOf(expression: TemplateExpression, value: Value, template: TemplateText): string {
  if (value === undefined || value === null) throw unsetError(template, expression);
  if (isList(value)) throw templateErrorAt(template, expression, 'a list cannot be written out: write {% for … %}');
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const text = String(value);
  if (written.test(text)) return text;
  const name = expression.kind === 'name' ? expression.name : 'what is written out here';
  const hint = 'letters of a to z, digits and _ . : / @ + - [ ] are what names of images are made of';
  throw templateErrorAt(
    template,
    expression,
    `${name} is "${visibleWord(text)}", which is no part of an image's name`,
    hint,
  );
}
