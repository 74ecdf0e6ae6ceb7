import type Handlebars from 'handlebars';
import { nearest } from '../diagnostics/nearest.js';
import { jinjaHint } from './jinja-hint.js';
import { TemplateError } from './template-error.js';
import { helpers } from './template-helpers.js';
import { namesInText } from './template-names.js';
import { runtime } from './template-runtime.js';
import { isBlock, isCall, isMustache, isPath, offsetOf, parseTemplate } from './template-syntax.js';

/** A template ready to be rendered, any number of times. */
export type Compiled =
  | { readonly kind: 'literal'; readonly value: string }
  /** One expression alone: what it gives keeps its type. */
  | { readonly kind: 'value'; readonly run: Handlebars.TemplateDelegate }
  | { readonly kind: 'text'; readonly run: Handlebars.TemplateDelegate };

const values = new Map<string, Compiled>();
const texts = new Map<string, Compiled>();

/**
 * Reads a template and checks all that can be checked without values: its syntax, its functions and how many values
 * they take.
 *
 * @param as `text` for a file, where an expression alone doesn't keep its type
 * @throws TemplateError
 */
export function compileTemplate(text: string, as: 'value' | 'text' = 'value'): Compiled {
  const compiled = as === 'value' ? values : texts;
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const result = compile(text, as);
  compiled.set(text, result);
  return result;
}

function compile(text: string, as: 'value' | 'text'): Compiled {
  if (!text.includes('{{') && !text.includes('{%')) return { kind: 'literal', value: text };
  const program = parseTemplate(text);
  const only = program.body.length === 1 ? program.body[0] : undefined;
  const alone = as === 'value' && only !== undefined && isMustache(only);
  const rewritten = rewriteProgram(program, { text, output: alone ? 'keep value' : 'to text' });
  namesInText(text); // Says where all variables at once are taken.
  const options = { noEscape: true, strict: true, knownHelpers: runtime.known, knownHelpersOnly: true };
  const run = runtime.environment.compile(rewritten, options);
  return { kind: alone ? 'value' : 'text', run };
}

/*
 * Handlebars itself is strict for a name alone, not for names given to functions, and turns every value to text. So
 * each path becomes a call of `look up`, which answers with a `Missing` that functions hand on until something needs
 * the value, and each expression a call of `to text` or `keep value`. See template-runtime.ts.
 */
interface Rewriting {
  readonly text: string;
  readonly output: 'to text' | 'keep value';
}

const blocks = ['if', 'unless', 'each', 'with'];

function rewriteProgram(program: hbs.AST.Program, to: Rewriting): hbs.AST.Program {
  return { ...program, body: program.body.map((statement) => rewriteStatement(statement, to)) };
}

function rewriteStatement(node: hbs.AST.Statement, to: Rewriting): hbs.AST.Statement {
  if (isMustache(node)) {
    const statement: hbs.AST.MustacheStatement = {
      ...node,
      path: name(to.output, node),
      params: [rewriteCall(node, to), numberNode(offsetOf(to.text, node), node)],
      hash: noHash(node),
    };
    return statement;
  }
  if (isBlock(node)) return rewriteBlock(node, to);
  if (node.type === 'ContentStatement' || node.type === 'CommentStatement') return node;
  throw new TemplateError('partials and decorators are not used here', { offset: offsetOf(to.text, node) });
}

function rewriteBlock(node: hbs.AST.BlockStatement, to: Rewriting): hbs.AST.BlockStatement {
  const block = node.path.original;
  const offset = offsetOf(to.text, node);
  if (!blocks.includes(block)) {
    const near = nearest(block, blocks);
    const hint = near === undefined ? `write {{#if ${block}}} or {{#each ${block}}}` : `did you mean {{#${near}}}?`;
    throw new TemplateError(`there is no block {{#${block}}}`, { hint, offset });
  }
  if (node.params.length !== 1) throw new TemplateError(`{{#${block}}} takes one value`, { offset });
  // The parser leaves out the program that a block doesn't have.
  const programs: { program?: hbs.AST.Program; inverse?: hbs.AST.Program } = node;
  return {
    ...node,
    params: [...node.params.map((param) => rewriteValue(param, to)), numberNode(offset, node)],
    ...(programs.program === undefined ? {} : { program: rewriteProgram(programs.program, to) }),
    ...(programs.inverse === undefined ? {} : { inverse: rewriteProgram(programs.inverse, to) }),
  };
}

function rewriteCall(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, to: Rewriting): hbs.AST.Expression {
  const pairs = node.hash?.pairs ?? [];
  if (node.params.length === 0 && pairs.length === 0) return rewriteValue(node.path, to);
  const offset = offsetOf(to.text, node.path);
  const original = isPath(node.path) ? node.path.original : to.text.slice(offset).split(/[\s}]/, 1).join();
  const helper = helpers.get(original);
  if (helper === undefined) throw unknownHelper(original, to.text, offset);
  if (pairs.length > 0) {
    throw new TemplateError(`${original} takes no named values`, { hint: `write it as ${helper.usage}`, offset });
  }
  if (node.params.length < helper.min || node.params.length > helper.max) {
    const count = helper.min === helper.max ? `${helper.min}` : `at least ${helper.min}`;
    const values = helper.min === 1 && helper.max === 1 ? 'value' : 'values';
    throw new TemplateError(`${original} takes ${count} ${values}, got ${node.params.length}`, {
      hint: `write it as ${helper.usage}`,
      offset,
    });
  }
  const params = node.params.map((param) => rewriteValue(param, to));
  return call(original, [...params, numberNode(offset, node)], node);
}

function rewriteValue(node: hbs.AST.Expression, to: Rewriting): hbs.AST.Expression {
  if (isCall(node)) return rewriteCall(node, to);
  if (!isPath(node) || node.data || node.parts.length === 0) return node;
  const [first = '', ...rest] = node.parts;
  const root: hbs.AST.PathExpression = { ...node, parts: [first] };
  const offset = numberNode(offsetOf(to.text, node), node);
  return call('look up', [...[first, ...rest].map((part) => stringNode(part, node)), root, offset], node);
}

function unknownHelper(word: string, text: string, offset: number): TemplateError {
  const end = text.indexOf('}}', offset);
  const expression = text.slice(text.lastIndexOf('{{', offset), end < 0 ? undefined : end + 2);
  const near = nearest(word, [...helpers.keys()]);
  const hint = jinjaHint(expression) ?? (near === undefined ? `there are ${[...helpers.keys()].join(' ')}` : undefined);
  return new TemplateError(`there is no function ${word}`, {
    hint: hint ?? `did you mean ${helpers.get(near ?? '')?.usage}?`,
    offset,
  });
}

function call(helper: string, params: hbs.AST.Expression[], at: hbs.AST.Node): hbs.AST.SubExpression {
  return { type: 'SubExpression', path: name(helper, at), params, hash: noHash(at), loc: at.loc };
}

function name(helper: string, at: hbs.AST.Node): hbs.AST.PathExpression {
  return { type: 'PathExpression', data: false, depth: 0, parts: [helper], original: helper, loc: at.loc };
}

function noHash(at: hbs.AST.Node): hbs.AST.Hash {
  return { type: 'Hash', pairs: [], loc: at.loc };
}

function stringNode(value: string, at: hbs.AST.Node): hbs.AST.StringLiteral {
  return { type: 'StringLiteral', value, original: value, loc: at.loc };
}

function numberNode(value: number, at: hbs.AST.Node): hbs.AST.NumberLiteral {
  return { type: 'NumberLiteral', value, original: value, loc: at.loc };
}
