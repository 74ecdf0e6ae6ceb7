import type { z } from 'zod';
import type { Diagnostic, Diagnostics } from './diagnostic.js';
import { nearest } from './nearest.js';
import type { YamlPath, YamlSource } from './yaml-file.js';

type Issue = z.core.$ZodIssue;

/** Checks a part of a YAML file against a schema; every issue becomes a mistake with its place. */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: YamlSource,
  path: YamlPath,
  diagnostics: Diagnostics,
): z.output<Schema> | undefined {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    for (const { at, part, ...found } of explain(issue, value, schema)) {
      diagnostics.add({ ...found, place: source.placeOf([...path, ...at], part) });
    }
  }
  return undefined;
}

/** One mistake in a value, by its path within the value. */
export interface Explained extends Omit<Diagnostic, 'place'> {
  readonly at: YamlPath;
  readonly part: 'key' | 'value';
}

/** Says what a zod issue means to the person who wrote the value. */
export function explain(issue: Issue, value: unknown, schema: z.ZodType): Explained[] {
  const at = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const given = valueAt(value, at);
  const name = at.length === 0 ? '' : `${wordPath(at)}: `;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, at);
      return issue.keys.map((key) => ({
        code: 'unknown-key',
        message: `${name}unknown key "${key}"`,
        hint: unknownHint(key, known),
        at: [...at, key],
        part: 'key' as const,
      }));
    }
    case 'invalid_union':
      return explainUnion(issue, at, given, name, schema, value);
    case 'invalid_type':
      if (given === undefined) {
        const key = at.at(-1) ?? '';
        return [
          {
            code: 'missing-key',
            message: `${wordPath(at.slice(0, -1)) || 'this'} needs "${key}" (${typeName(issue.expected)})`,
            at,
            part: 'value',
          },
        ];
      }
      return [
        {
          code: 'wrong-type',
          message: isOwn(issue)
            ? `${name}${issue.message}`
            : `${name}expected ${typeName(issue.expected)}, found ${describe(given)}`,
          at,
          part: 'value',
        },
      ];
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = typeof given === 'string' ? nearest(given, values) : undefined;
      return [
        {
          code: 'wrong-value',
          message: `${name}expected ${listed(values.map((each) => `"${each}"`))}, found ${describe(given)}`,
          hint: near === undefined ? undefined : `did you mean "${near}"?`,
          at,
          part: 'value',
        },
      ];
    }
    case 'too_small':
    case 'too_big':
      return [
        {
          code: 'wrong-value',
          message: `${name}${isOwn(issue) ? issue.message : bound(issue)}, found ${describe(given)}`,
          at,
          part: 'value',
        },
      ];
    default:
      return [{ code: 'wrong-value', message: `${name}${issue.message}, found ${describe(given)}`, at, part: 'value' }];
  }
}

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const [word, limit] = issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
  const unit = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
  return `must ${unit === '' ? 'be' : 'have'} ${word} ${limit}${unit}`;
}

/** Whether the schema words the mistake itself, better than its type could. */
function isOwn({ message }: Issue): boolean {
  return !/^(Invalid (input|option)|Too (small|big))/.test(message);
}

/** The branch that went furthest into the value speaks for a union; when none went in, all their types are named. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  at: YamlPath,
  given: unknown,
  name: string,
  schema: z.ZodType,
  value: unknown,
): Explained[] {
  const entered = issue.errors.filter(
    (issues) => issues.length > 0 && !issues.some((each) => each.code === 'invalid_type' && each.path.length === 0),
  );
  const best = entered.sort((a, b) => a.length - b.length)[0];
  if (best !== undefined) {
    return best.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, value, schema));
  }
  const types = issue.errors.flatMap((issues) =>
    issues.flatMap((each) => (each.code === 'invalid_type' ? [typeName(each.expected)] : [])),
  );
  const expected = types.length > 0 ? `expected ${listed([...new Set(types)])}` : issue.message;
  return [{ code: 'wrong-type', message: `${name}${expected}, found ${describe(given)}`, at, part: 'value' }];
}

/** What a value is, in the words of YAML. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `text "${value.length > 60 ? `${value.slice(0, 57)}…` : value}"`;
  return `${typeof value} ${String(value)}`;
}

function typeName(type: string): string {
  const names: Record<string, string> = {
    string: 'text',
    object: 'a map',
    record: 'a map',
    array: 'a list',
    tuple: 'a list',
    boolean: 'true or false',
    number: 'a number',
    int: 'a whole number',
    null: 'nothing',
  };
  return names[type] ?? type;
}

function unknownHint(key: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = nearest(key, known);
  const all = `expected ${listed(known)}`;
  return near === undefined ? all : `did you mean "${near}"? ${all}`;
}

function listed(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function wordPath(path: YamlPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${step}`),
    '',
  );
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null
        ? Object.entries(part).find(([key]) => key === String(step))?.[1]
        : undefined,
    value,
  );
}

/** The keys that a schema knows at a path, looked up through lists, unions and wrappers. */
function keysAt(schema: z.ZodType, path: YamlPath): string[] {
  let shapes: unknown[] = unwrap(schema);
  for (const step of path) {
    shapes = shapes.flatMap((each) => {
      const def = definition(each);
      if (typeof step === 'number') return def?.element === undefined ? [] : unwrap(def.element);
      const inner = def?.shape?.[step] ?? def?.valueType;
      return inner === undefined ? [] : unwrap(inner);
    });
  }
  return [...new Set(shapes.flatMap((each) => Object.keys(definition(each)?.shape ?? {})))];
}

interface Definition {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly innerType?: unknown;
  readonly in?: unknown;
  readonly options?: readonly unknown[];
}

function definition(schema: unknown): Definition | undefined {
  if (typeof schema !== 'object' || schema === null || !('def' in schema)) return undefined;
  const { def } = schema;
  return typeof def === 'object' && def !== null ? def : undefined;
}

function unwrap(schema: unknown): unknown[] {
  const def = definition(schema);
  if (def?.innerType !== undefined) return unwrap(def.innerType);
  if (def?.in !== undefined) return unwrap(def.in);
  if (def?.options !== undefined) return def.options.flatMap(unwrap);
  return [schema];
}
