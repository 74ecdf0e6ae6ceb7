import { definitionPlace } from '../../model/definition-place.js';
import type { Resource } from '../../model/resource.js';
import { type ErrorText, explainError } from '../explain-error.js';

type Method = 'probe' | 'parse' | 'look' | 'plan';

/** Returns a resource's own error: with its kind, id and file where it is a bug, which it did not mean to report. */
export function errorInResource(resource: Resource, method: Method, error: unknown): ErrorText {
  const text = explainError(error);
  const isBug = error instanceof TypeError || error instanceof ReferenceError;
  return isBug ? { ...text, message: `${nameOf(resource)}: ${method} failed: ${text.message}` } : text;
}

/** Returns the error of an answer that a resource must not give; undefined where it is right. */
export function wrongScript(resource: Resource, script: unknown): ErrorText | undefined {
  if (isScript(script)) return undefined;
  return wrongAnswer(
    resource,
    'probe',
    `returned ${describeAnswer(script)}`,
    'return sh`…`, a script that prints the state',
  );
}

/** Returns what is wrong with the plan that a resource gave; undefined where it is one. */
export function wrongPlan(resource: Resource, plan: unknown): ErrorText | undefined {
  const wrong = (what: string, hint: string) => wrongAnswer(resource, 'plan', what, hint);
  const verdicts = { ok: [], kept: ['summary', 'hint'], refused: ['message'], change: ['summary'] } as const;
  const hint = `return { verdict: 'ok' }, or one of ${Object.keys(verdicts).join(', ')} with its parts`;
  if (typeof plan !== 'object' || plan === null || plan instanceof Promise)
    return wrong(`returned ${describeAnswer(plan)}`, hint);
  const verdict = Reflect.get(plan, 'verdict');
  const needed = Object.entries(verdicts).find(([name]) => name === verdict)?.[1];
  if (needed === undefined) return wrong(`returned the verdict ${describeAnswer(verdict)}`, hint);
  const missing = needed.find((part) => typeof Reflect.get(plan, part) !== 'string');
  if (missing !== undefined) {
    const given = describeAnswer(Reflect.get(plan, missing));
    return wrong(`returned the verdict ${verdict} with ${given} as its ${missing}`, `add ${missing}, a text`);
  }
  if (verdict !== 'change') return undefined;
  const { what, how } = wrongApply(Reflect.get(plan, 'apply')) ?? {};
  return what === undefined || how === undefined ? undefined : wrong(what, how);
}

function wrongApply(apply: unknown): { readonly what: string; readonly how: string } | undefined {
  const how = 'write apply: { via: "sh", script: sh`…` }; other values of via are upload and controller';
  if (typeof apply !== 'object' || apply === null)
    return { what: `returned a change with ${describeAnswer(apply)} as its apply`, how };
  const via: unknown = Reflect.get(apply, 'via');
  if (via !== 'sh' && via !== 'upload' && via !== 'controller')
    return { what: `returned a change whose apply has ${describeAnswer(via)} as its via`, how };
  const part = via === 'controller' ? 'run' : 'script';
  const given: unknown = Reflect.get(apply, part);
  if (via === 'controller' ? typeof given !== 'function' : !isScript(given))
    return { what: `returned a change whose apply has ${describeAnswer(given)} as its ${part}`, how };
  if (via === 'upload' && typeof Reflect.get(apply, 'content') !== 'function')
    return {
      what: 'returned a change whose apply has no content',
      how: 'add content, a function that returns a stream',
    };
  return undefined;
}

/** Scripts may come from another copy of this package. */
function isScript(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'script') === 'string';
}

function wrongAnswer(resource: Resource, method: Method, what: string, hint: string): ErrorText {
  return { message: `${nameOf(resource)}: ${method} ${what}`, hint };
}

function nameOf(resource: Resource): string {
  const at = definitionPlace(resource);
  return `the resource ${resource.kind} ${resource.id}${at === undefined ? '' : `, defined at ${at}`}`;
}

const longest = 60;

function describeAnswer(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (value instanceof Promise) return 'a promise';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  const text = JSON.stringify(value);
  return `${typeof value === 'string' ? 'the text' : `the ${typeof value}`} ${text.length > longest ? `${text.slice(0, longest)}…` : text}`;
}
