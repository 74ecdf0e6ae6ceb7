import { nearest } from '../../diagnostics/nearest.js';
import { jinjaHint } from '../jinja/jinja-hint.js';
import { TemplateError } from './template-error.js';
import { helpers } from './template-helpers.js';
import { inShort, isBlock, isCall, isMustache, isPath, offsetOf, textBetweenBraces } from './template-syntax.js';

/*
 * Handlebars itself is strict for a name alone, not for names given to functions, and turns every value to text. So
 * each path becomes a call of `look up`, which answers with a `Missing` that functions hand on until something needs
 * the value, and each expression a call of `to text` or `keep value`. See template-runtime.ts. Names reach the compiled
 * function as texts only, and are looked up by our own functions: own properties of maps and lists.
 */
interface Rewriting {
  readonly text: string;
  readonly output: 'to text' | 'keep value';
  /** Number of blocks around that change what names mean. */
  readonly depth: number;
  /** Names that the blocks around give: `{{#each list as |name|}}`. */
  readonly locals: readonly string[];
}

/** Rewrites a template so that its paths and expressions are calls of our functions. */
export function rewriteTemplate(program: hbs.AST.Program, text: string, output: Rewriting['output']): hbs.AST.Program {
  return rewriteProgram(program, { text, output, depth: 0, locals: [] });
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
  const enters = block === 'each' || block === 'with';
  const given = [programs.program, programs.inverse].map((program) => program?.blockParams ?? []);
  if (given.some((names, inverse) => names.length > 0 && (!enters || inverse === 1)))
    throw new TemplateError(`{{#${block}}} gives no names`, { hint: 'write it without as |…|', offset });
  const within = { ...to, depth: to.depth + (enters ? 1 : 0), locals: [...to.locals, ...given.flat()] };
  return {
    ...node,
    params: [...node.params.map((param) => rewriteValue(param, to)), numberNode(offset, node)],
    ...(programs.program === undefined ? {} : { program: rewriteProgram(programs.program, within) }),
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
  if (!isPath(node)) return node;
  const offset = offsetOf(to.text, node);
  if (node.depth > to.depth) {
    const hint = to.depth === 0 ? 'leave ../ out' : `${to.depth} of ../ lead to the names outside of all blocks`;
    throw new TemplateError(`${inShort(node.original)} leads out of the template`, { hint, offset });
  }
  const [first = '', ...rest] = node.parts;
  if (node.data) {
    if (!data.includes(first)) {
      const hint = 'there are @root, and within {{#each}} @index, @key, @first and @last';
      throw new TemplateError(`there is no @${node.parts.join('.')}`, { hint, offset });
    }
    return lookUp('look within', [`@${first}`, ...rest], { ...node, parts: [first] }, to);
  }
  if (first === '') return node;
  const local = node.depth === 0 && !/^(?:\.|this\b)/.test(node.original) && to.locals.includes(first);
  return local
    ? lookUp('look within', [first, ...rest], { ...node, parts: [first] }, to)
    : lookUp('look up', [first, ...rest], { ...node, parts: [] }, to);
}

const data = ['root', 'index', 'key', 'first', 'last'];

function lookUp(how: string, names: string[], from: hbs.AST.PathExpression, to: Rewriting): hbs.AST.SubExpression {
  const offset = numberNode(offsetOf(to.text, from), from);
  return call(how, [...names.map((name) => stringNode(name, from)), from, offset], from);
}

function unknownHelper(word: string, text: string, offset: number): TemplateError {
  const end = text.indexOf('}}', offset);
  const expression = text.slice(text.lastIndexOf('{{', offset), end < 0 ? undefined : end + 2);
  const near = nearest(word, [...helpers.keys()]);
  const known =
    near === undefined ? `there are ${[...helpers.keys()].join(' ')}` : `did you mean ${helpers.get(near)?.usage}?`;
  const message = `there is no function ${word}`;
  return new TemplateError(message, {
    hint: jinjaHint(expression) ?? known,
    offset,
    withoutBraces: { message, hint: jinjaHint(textBetweenBraces(expression)) ?? known },
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
