import { reasonOf } from '../../../diagnostics/reason.js';
import { renderText, type Scope } from '../../../vars/template/template.js';
import { TemplateError, UndefinedName } from '../../../vars/template/template-error.js';
import { namesInText } from '../../../vars/template/template-names.js';
import { Data } from '../../../vars/template/template-value.js';
import type { ToldEvent } from './told-event.js';
import type { WebhookBody } from './webhook-body.js';

/** Template of a body. */
export interface BodyTemplate {
  readonly text: string;
  readonly type: 'json' | 'text';
}

/** Loops in each other at most. */
const deepest = 3;

/** Names that a template may use. */
const names = ['id', 'kind', 'subject', 'registry', 'repository', 'time', 'actor', 'data', 'source', 'host'] as const;

/** Makes the body that a template gives for an event. @throws TemplateError */
export function templateBody({ text, type }: BodyTemplate, event: ToldEvent): WebhookBody {
  const { id, kind, subject, registry, repository, at, actor, data, source, host } = event;
  const time = new Date(at).toISOString();
  const values = { id, kind, subject, registry, repository, time, actor, data, source, host };
  // What somebody named is never a template itself.
  const scope: Scope = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Data(value)]));
  const body = renderText(text, scope);
  if (type === 'text') return { contentType: 'text/plain; charset=utf-8', text: body };
  try {
    JSON.parse(body);
  } catch (error) {
    throw new TemplateError(`what it gives is no JSON: ${reasonOf(error)}`, {
      hint: 'write values as {{json subject}}, without quotes around them',
    });
  }
  return { contentType: 'application/json', text: body };
}

/** Returns what is wrong with a template, before there is an event; undefined: nothing that can be known. */
export function templateProblem({ text, type }: BodyTemplate, example: ToldEvent): string | undefined {
  try {
    const foreign = namesInText(text).find(({ root }) => !names.some((name) => name === root));
    if (foreign !== undefined) return `${foreign.path} is not defined: there are ${names.join(', ')}`;
    if (loopDepth(text) > deepest) return `loops may be ${deepest} deep at most`;
    templateBody({ text, type }, example);
    return undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    // Fields of `data` differ from kind to kind: the one that is tried may lack what others have.
    if (error instanceof UndefinedName && error.path.startsWith('data.')) return undefined;
    return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
  }
}

/** Returns how deep the loops of a template are in each other. */
function loopDepth(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [, sign] of text.matchAll(/\{\{~?\s*([#/])\s*each\b/g)) {
    depth += sign === '#' ? 1 : -1;
    most = Math.max(most, depth);
  }
  return most;
}
