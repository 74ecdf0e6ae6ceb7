import type { TemplateExpression } from './syntax.js';
import { ImageTemplateError, placeIn, type TemplateText } from './template-text.js';
import { compare, isList, isTrue, type Value, valueTypeName } from './value.js';

type ComparisonOf = TemplateExpression & { readonly kind: 'compare' };

/** Names and their values: those of a loop before those around it. */
export interface Names {
  readonly values: Map<string, Value>;
  readonly around?: Names | undefined;
}

/** Most characters of a text that an expression makes. */
const longestText = 10_000;

/** Most expressions and turns of loops that one template may take, so that none runs for ever. */
const mostSteps = 500_000;

/** Gives expressions their values: a walk over the syntax, in which names are looked up among those given and nowhere else. */
export class Evaluator {
  #steps = 0;

  /** Counts work that was done. */
  spend(template: TemplateText, at: number, steps = 1): void {
    this.#steps += steps;
    if (this.#steps <= mostSteps) return;
    throw new ImageTemplateError(`the template takes more than ${mostSteps} steps`, placeIn(template, at));
  }

  valueOf(expression: TemplateExpression, names: Names, template: TemplateText): Value {
    const value = (part: TemplateExpression) => this.valueOf(part, names, template);
    this.spend(template, expression.at);
    switch (expression.kind) {
      case 'literal':
      case 'name': {
        const found = expression.kind === 'name' ? lookUp(names, expression.name) : expression.value;
        if (typeof found === 'string') this.spend(template, expression.at, Math.floor(found.length / 1000));
        return found;
      }
      case 'list':
        return expression.items.map(value);
      case 'defined':
        return lookUp(names, expression.name) !== undefined;
      case 'not':
        return !isTrue(value(expression.operand));
      case 'or':
      case 'and':
        return this.#chain(expression.parts, expression.kind === 'or', value);
      case 'join':
        return this.#join(expression.parts, value, template);
      case 'default': {
        const found = value(expression.value);
        return found === undefined ? value(expression.fallback) : found;
      }
      case 'choice':
        if (isTrue(value(expression.condition))) return value(expression.yes);
        return expression.no === undefined ? '' : value(expression.no);
      case 'startswith':
        return textOf(expression.whole, value, template).startsWith(textOf(expression.part, value, template));
      case 'endswith':
        return textOf(expression.whole, value, template).endsWith(textOf(expression.part, value, template));
      case 'compare':
        return this.#compare(expression, value(expression.left), value(expression.right), template);
    }
  }

  #compare(expression: ComparisonOf, left: Value, right: Value, template: TemplateText): boolean {
    if (isList(right)) this.spend(template, expression.at, right.length);
    const compared = compare(expression.sign, left, right);
    if (typeof compared === 'boolean') return compared;
    throw templateErrorAt(
      template,
      compared.side === undefined ? expression : expression[compared.side],
      compared.error,
    );
  }

  #chain(parts: readonly TemplateExpression[], until: boolean, value: (part: TemplateExpression) => Value): Value {
    let last: Value;
    for (const part of parts) {
      last = value(part);
      if (isTrue(last) === until) break;
    }
    return last;
  }

  #join(
    parts: readonly TemplateExpression[],
    value: (part: TemplateExpression) => Value,
    template: TemplateText,
  ): string {
    const joined: string[] = [];
    let length = 0;
    for (const part of parts) {
      const text = textOf(part, value, template);
      length += text.length;
      if (length > longestText)
        throw templateErrorAt(template, part, `+ makes a text of more than ${longestText} characters`);
      joined.push(text);
    }
    return joined.join('');
  }
}

/** Returns the error of an expression that has no value of use. */
export function templateErrorAt(
  template: TemplateText,
  { at, end }: TemplateExpression,
  message: string,
  hint?: string,
) {
  return new ImageTemplateError(message, placeIn(template, at, end - at), hint);
}

/** Returns the error of a name that nothing gives a value, where one is needed. */
export function unsetError(template: TemplateText, expression: TemplateExpression): ImageTemplateError {
  if (expression.kind !== 'name') return templateErrorAt(template, expression, 'this has no value');
  const { name } = expression;
  return templateErrorAt(
    template,
    expression,
    `the template uses ${name}, which is not set`,
    `give it with --set ${name}=VALUE (image_sync_set in the role), or put the defaults of the release beside the template: container_image_prepare_defaults.yaml`,
  );
}

function lookUp(names: Names | undefined, name: string): Value {
  for (let scope = names; scope !== undefined; scope = scope.around)
    if (scope.values.has(name)) return scope.values.get(name);
  return undefined;
}

function textOf(part: TemplateExpression, value: (part: TemplateExpression) => Value, template: TemplateText): string {
  const found = value(part);
  if (typeof found === 'string') return found;
  if (found === null || found === undefined) throw unsetError(template, part);
  throw templateErrorAt(template, part, `expected a text, found ${valueTypeName(found)}`);
}
