import { TemplateError } from './template-error.js';
import { isBlock, isCall, isMustache, isPath, offsetOf, parseHandlebars } from './template-syntax.js';
import { isMap } from './template-value.js';
import { TextMemo } from './text-memo.js';

/** A name that a template takes from outside. */
export interface NameUse {
  /** The variable: the first part of the path. */
  readonly root: string;
  readonly path: string;
  readonly offset: number;
  /** May be missing: it is given to `default`, `defined`, or the condition of a block. */
  readonly optional: boolean;
}

/** Returns the names that a template takes from outside, in order. @throws TemplateError when it cannot be read */
export function namesInText(text: string): readonly NameUse[] {
  if (!text.includes('{{')) return [];
  const found = known.get(text);
  if (found !== undefined) return found;
  const uses: NameUse[] = [];
  visitProgram(parseHandlebars(text), { text, uses, depth: 0, locals: [] });
  known.set(text, uses);
  return uses;
}

/** The same templates are looked at for each host. */
const known = new TextMemo<readonly NameUse[]>();

/**
 * Returns the variables that a value's templates take from outside, however deep they are in it. Unreadable templates
 * have none.
 */
export function rootsOf(value: unknown): ReadonlySet<string> {
  const roots = new Set<string>();
  collect(value, roots);
  return roots;
}

function collect(value: unknown, roots: Set<string>): void {
  if (typeof value === 'string') {
    try {
      for (const use of namesInText(value)) roots.add(use.root);
    } catch {
      return;
    }
  } else if (Array.isArray(value)) for (const entry of value) collect(entry, roots);
  else if (isMap(value)) for (const entry of Object.values(value)) collect(entry, roots);
}

interface Scope {
  readonly text: string;
  readonly uses: NameUse[];
  /** Number of blocks around that change what names mean. */
  readonly depth: number;
  readonly locals: readonly string[];
}

function visitProgram(program: hbs.AST.Program, scope: Scope): void {
  for (const statement of program.body) {
    if (isMustache(statement)) visitCall(statement, scope, false);
    else if (isBlock(statement)) visitBlock(statement, scope);
  }
}

function visitBlock(block: hbs.AST.BlockStatement, scope: Scope): void {
  const name = block.path.original;
  for (const param of block.params) visit(param, scope, name === 'if' || name === 'unless');
  const enters = name === 'each' || name === 'with';
  const within = { ...scope, depth: scope.depth + (enters ? 1 : 0) };
  // The parser leaves out the program that a block doesn't have.
  const programs: readonly (hbs.AST.Program | undefined)[] = [block.program, block.inverse];
  for (const [index, program] of programs.entries()) {
    if (program === undefined) continue;
    const base = index === 0 ? within : scope;
    visitProgram(program, { ...base, locals: [...scope.locals, ...(program.blockParams ?? [])] });
  }
}

function visitCall(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, scope: Scope, optional: boolean): void {
  if (node.params.length === 0) {
    visit(node.path, scope, optional);
    return;
  }
  const name = isPath(node.path) ? node.path.original : '';
  for (const [index, param] of node.params.entries()) {
    const last = index === node.params.length - 1;
    visit(param, scope, name === 'defined' || (name === 'default' && !last));
  }
}

function visit(node: hbs.AST.Node, scope: Scope, optional: boolean): void {
  if (isCall(node)) visitCall(node, scope, optional);
  else if (isPath(node)) visitPath(node, scope, optional);
}

function visitPath(path: hbs.AST.PathExpression, scope: Scope, optional: boolean): void {
  const parts = path.data && path.parts[0] === 'root' ? path.parts.slice(1) : path.parts;
  const root = parts[0];
  const isAll = path.data ? parts !== path.parts : path.depth === scope.depth;
  if (!root && isAll) {
    throw new TemplateError(`${path.original || 'this'} means all variables at once here`, {
      hint: 'name one of them',
      offset: offsetOf(scope.text, path),
    });
  }
  if (root === undefined || (path.data && parts === path.parts)) return;
  const scoped = /^(?:\.|this\b)/.test(path.original);
  if (!path.data && path.depth !== scope.depth) return;
  if (!path.data && !scoped && path.depth === 0 && scope.locals.includes(root)) return;
  scope.uses.push({ root, path: parts.join('.'), offset: offsetOf(scope.text, path), optional });
}
