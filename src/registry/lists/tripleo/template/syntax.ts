import type { TemplateText } from './template-text.js';

/** Part of a template that has a value. Nothing but these is known: none reaches beyond the names that were given. */
export type Expression = { readonly at: number; readonly end: number } & (
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'defined'; readonly name: string }
  | { readonly kind: 'or' | 'and' | 'join'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'compare'; readonly sign: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'startswith' | 'endswith'; readonly whole: Expression; readonly part: Expression }
  | { readonly kind: 'default'; readonly value: Expression; readonly fallback: Expression }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression | undefined;
    }
);

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

/** Part of a template that writes something out, or decides what is written. */
export type Statement =
  | { readonly kind: 'data'; readonly text: string; readonly at: number }
  | { readonly kind: 'output'; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] }
  | { readonly kind: 'for'; readonly name: string; readonly list: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'include'; readonly template: Template };

export interface Branch {
  readonly condition: Expression;
  readonly body: readonly Statement[];
}

/** A template that was read, with those that it includes: all of its syntax is known to be allowed. */
export interface Template extends TemplateText {
  readonly body: readonly Statement[];
}
