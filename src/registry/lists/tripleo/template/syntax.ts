import type { TemplateText } from './template-text.js';

/** Part of a template that has a value. Nothing but these is known: none reaches beyond the names that were given. */
export type TemplateExpression = { readonly at: number; readonly end: number } & (
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly TemplateExpression[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'defined'; readonly name: string }
  | { readonly kind: 'or' | 'and' | 'join'; readonly parts: readonly TemplateExpression[] }
  | { readonly kind: 'not'; readonly operand: TemplateExpression }
  | {
      readonly kind: 'compare';
      readonly sign: Comparison;
      readonly left: TemplateExpression;
      readonly right: TemplateExpression;
    }
  | { readonly kind: 'startswith' | 'endswith'; readonly whole: TemplateExpression; readonly part: TemplateExpression }
  | { readonly kind: 'default'; readonly value: TemplateExpression; readonly fallback: TemplateExpression }
  | {
      readonly kind: 'choice';
      readonly condition: TemplateExpression;
      readonly yes: TemplateExpression;
      readonly no: TemplateExpression | undefined;
    }
);

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

/** Part of a template that writes something out, or decides what is written. */
export type Statement =
  | { readonly kind: 'data'; readonly text: string; readonly at: number }
  | { readonly kind: 'output'; readonly value: TemplateExpression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly list: TemplateExpression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'set'; readonly name: string; readonly value: TemplateExpression }
  | { readonly kind: 'include'; readonly template: Template };

export interface Branch {
  readonly condition: TemplateExpression;
  readonly body: readonly Statement[];
}

/** A template that was read, with those that it includes: all of its syntax is known to be allowed. */
export interface Template extends TemplateText {
  readonly body: readonly Statement[];
}
