import { translateJinja } from './jinja-translate.js';

/**
 * Returns how to write here what was written in Jinja: an expression (with its braces, or a condition without), or text
 * with a `{% … %}` statement. Nothing if it doesn't look like Jinja.
 */
export function jinjaHint(text: string): string | undefined {
  if (text.length > 2000) return undefined;
  const statement = /\{%[-+]?\s*(\w+)((?:(?!\{%)[\s\S])*?)[-+]?%\}/.exec(text);
  if (statement !== null) return statementHint(statement[1] ?? '', (statement[2] ?? '').trim());
  const braces = /^\s*\{\{-?([\s\S]*?)-?\}\}\s*$/.exec(text);
  const expression = (braces?.[1] ?? text).trim();
  const translation = translateJinja(expression);
  if (translation === undefined) return undefined;
  if ('unsupported' in translation) return noCounterpart(translation.unsupported);
  if (translation.handlebars === expression) return undefined;
  return `write it as ${braces === null ? translation.handlebars : `{{${translation.handlebars}}}`}`;
}

function noCounterpart(part: string): string {
  return `${part} of Jinja has no counterpart here: put the value in a variable, or compute it in a role`;
}

function statementHint(word: string, rest: string): string {
  if (word === 'if' || word === 'elif') {
    const condition = argument(rest);
    if (word === 'elif') return `write {{else if ${condition ?? '…'}}}`;
    return `write {{#if ${condition ?? '…'}}} … {{else}} … {{/if}}`;
  }
  const loop = /^(\w+)\s+in\s+([\s\S]+)$/.exec(rest);
  if (word === 'for' && loop !== null) {
    return `write {{#each ${argument(loop[2] ?? '') ?? '…'} as |${loop[1]}|}} … {{/each}}`;
  }
  if (word === 'set') return 'write it in vars, and use the variable';
  return 'write {{#if …}} … {{/if}} and {{#each …}} … {{/each}}';
}

function argument(expression: string): string | undefined {
  const translation = translateJinja(expression);
  if (translation === undefined || 'unsupported' in translation) return undefined;
  return translation.handlebars.includes(' ') ? `(${translation.handlebars})` : translation.handlebars;
}
