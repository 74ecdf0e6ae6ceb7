import type { z } from 'zod';
import type { Diagnostic } from '../diagnostic.js';
import { nearest } from '../nearest.js';
import { isSecretName } from '../secrets/secret-names.js';
import type { YamlPath } from '../yaml/yaml-file.js';
import { explainUnion } from './explain-union.js';
import { keysAt } from './schema-keys.js';
import { describe, joinAlternatives, quoteWord, wordPath, zodTypeName } from './value-words.js';

/** Issue of zod's, with the value that it is about. */
export type ShapeIssue = z.core.$ZodIssue;

/** Error in a value, by its path within the value. */
export interface Explained extends Omit<Diagnostic, 'place'> {
  readonly at: YamlPath;
  readonly part: 'key' | 'value';
}

/** Explains an issue of zod's to the person who wrote the value. */
export function explainIssue(issue: ShapeIssue, value: unknown, schema: z.ZodType): Explained[] {
  const at = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const given = valueAt(value, at);
  const name = at.length === 0 ? '' : `${wordPath(at)}: `;
  const shown = isSecretName(String(at.at(-1) ?? '')) ? 'something else' : describe(given);
  const found = typeof given === 'object' || given === undefined ? '' : `, found ${shown}`;
  const say = (code: Diagnostic['code'], words: string, hint?: string): Explained[] => [
    { code, message: `${name}${words}`, at, part: 'value', hint },
  ];
  const missing = (what: string): Explained[] => {
    const message = `${wordPath(at.slice(0, -1)) || 'this'} needs "${at.at(-1) ?? ''}"${what}`;
    return [{ code: 'missing-key', message, at, part: 'value' }];
  };
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, at);
      return issue.keys.map((key) => ({
        code: 'unknown-key',
        message: `${name}unknown key "${key}"`,
        hint: unknownHint(key, known),
        at: [...at, key],
        part: 'key',
      }));
    }
    case 'invalid_union': {
      if (given === undefined && at.length > 0) return missing('');
      const { branch, expected, words } = explainUnion(issue);
      if (branch.length > 0)
        return branch.flatMap((inner) =>
          explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, value, schema),
        );
      if (expected.length === 0) return say('wrong-value', lowerFirst(issue.message));
      return say('wrong-type', `expected ${joinAlternatives(expected)}, found ${shown}`, suggestion(given, words));
    }
    case 'invalid_type':
      if (given === undefined && at.length > 0) return missing(` (${zodTypeName(issue.expected)})`);
      if (isOwn(issue)) return say('wrong-type', issue.message);
      return say(
        'wrong-type',
        `expected ${zodTypeName(issue.expected)}, found ${shown}`,
        typeHint(issue.expected, given),
      );
    case 'invalid_value': {
      const expected = joinAlternatives(issue.values.map(quoteWord));
      if (given === undefined && at.length > 0) return missing(` (${expected})`);
      const words = isOwn(issue) ? issue.message : `expected ${expected}`;
      return say('wrong-value', `${words}, found ${shown}`, suggestion(given, issue.values.map(String)));
    }
    case 'too_small':
    case 'too_big':
      return say('wrong-value', `${isOwn(issue) ? issue.message : boundText(issue)}, found ${shown}`);
    case 'not_multiple_of':
      return say('wrong-value', `${isOwn(issue) ? issue.message : `must be a multiple of ${issue.divisor}`}${found}`);
    case 'invalid_format':
      return say('wrong-value', `${isOwn(issue) ? issue.message : formatText(issue)}${found}`);
    case 'invalid_key': {
      const [why = issue] = issue.issues;
      const reason = why.code === 'invalid_format' && !isOwn(why) ? formatText(why) : lowerFirst(why.message);
      const message = `${wordPath(at.slice(0, -1)) || 'this'}: "${at.at(-1)}" cannot be a key: ${reason}`;
      return [{ code: 'wrong-value', message, at, part: 'key' }];
    }
    default:
      return say('wrong-value', `${issue.message}${found}`);
  }
}

type Of<Code extends ShapeIssue['code']> = Extract<ShapeIssue, { code: Code }>;

function boundText(issue: Of<'too_small' | 'too_big'>): string {
  const limit = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  const unit = issue.origin === 'array' ? 'entr' : issue.origin === 'string' ? 'character' : '';
  if (unit === '') {
    const [within, beyond] = issue.code === 'too_small' ? ['at least', 'above'] : ['at most', 'below'];
    return `must be ${issue.inclusive === false ? beyond : within} ${limit}`;
  }
  if (issue.code === 'too_small' && limit === 1) return 'must not be empty';
  const amount = issue.exact ? 'exactly' : issue.code === 'too_small' ? 'at least' : 'at most';
  const ending = unit === 'entr' ? (limit === 1 ? 'y' : 'ies') : limit === 1 ? '' : 's';
  return `must have ${amount} ${limit} ${unit}${ending}`;
}

/** Words a format without zod's first words: `Invalid string: must start with "/"`, `Invalid URL`. */
function formatText(issue: Of<'invalid_format'>): string {
  const [, must, what] = /^Invalid (?:string: (.*)|(.*))$/.exec(issue.message) ?? [];
  return must ?? `expected ${/^(?!U)[aeiou]/i.test(what ?? '') ? 'an' : 'a'} ${what ?? issue.format}`;
}

/** Returns true when the message is the schema's own, which is better than one made of its type. */
function isOwn({ message }: ShapeIssue): boolean {
  return !/^(Invalid |Too (small|big))/.test(message);
}

/** Returns the usual correction of a value of the wrong type. */
function typeHint(expected: string, given: unknown): string | undefined {
  if (expected === 'boolean' && typeof given === 'string') {
    if (/^(yes|on)$/i.test(given)) return 'write true: in YAML 1.2, yes and on are text';
    if (given.includes('{{')) return 'write true or false: a template cannot stand here';
    if (/^(no|off)$/i.test(given)) return 'write false: in YAML 1.2, no and off are text';
  }
  if (expected === 'string' && (typeof given === 'number' || typeof given === 'boolean')) return 'put it in quotes';
  if (/^(number|int)$/.test(expected) && typeof given === 'string' && /^\d+$/.test(given)) return 'take the quotes off';
  if (expected === 'array' && /^(string|number)$/.test(typeof given)) return `write a list: [${String(given)}]`;
  return undefined;
}

function suggestion(given: unknown, values: readonly string[]): string | undefined {
  const near = typeof given === 'string' ? nearest(given, values) : undefined;
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

function unknownHint(key: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = nearest(key, known);
  const all = `expected ${joinAlternatives(known)}`;
  return near === undefined ? all : `did you mean "${near}"? ${all}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, step) ? Reflect.get(part, step) : undefined,
    value,
  );
}
