import type { z } from 'zod';
import { keepSecrets } from '../../model/marks/secret.js';
import { isMap, Later, laterIn } from '../../vars/template/template-value.js';

export type SchemaIssue = z.core.$ZodIssue;

export type Fit<Output> =
  | { readonly kind: 'fits'; readonly value: Output }
  /** Nothing is wrong in what is known, and the rest isn't known yet. */
  | { readonly kind: 'later' }
  | { readonly kind: 'wrong'; readonly issues: readonly SchemaIssue[]; readonly value: unknown };

/**
 * Checks a rendered value against a schema. Text counts as true, false or a number where one of these is wanted and
 * the text says one: the command line and templates give text, and people who know Ansible write `yes`.
 */
export function fitSchema<Schema extends z.ZodType>(schema: Schema, given: unknown): Fit<z.output<Schema>> {
  if (given instanceof Later) return { kind: 'later' };
  let value = given;
  for (;;) {
    const result = schema.safeParse(value);
    keepSecrets(schema, result.success ? result.data : value);
    if (result.success) return laterIn(value) === undefined ? { kind: 'fits', value: result.data } : { kind: 'later' };
    const spoken = result.error.issues.reduce(inWantedType, value);
    if (spoken === value) {
      const issues = result.error.issues.filter((issue) => isCertain(issue, value));
      return issues.length === 0 ? { kind: 'later' } : { kind: 'wrong', issues, value };
    }
    value = spoken;
  }
}

/** Tells if an issue stands whatever the values turn out to be that are not known yet. */
function isCertain(issue: SchemaIssue, value: unknown): boolean {
  const found = at(value, issue.path);
  // What is not known yet has fields of its own, which nobody wrote.
  return issue.code === 'unrecognized_keys' ? !(found instanceof Later) : laterIn(found) === undefined;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (laterIn(found) === found && found !== undefined) return found;
    found = isMap(found) || Array.isArray(found) ? Reflect.get(found, step) : undefined;
  }
  return found;
}

function inWantedType(value: unknown, issue: SchemaIssue): unknown {
  if (issue.code !== 'invalid_type') return value;
  const text = at(value, issue.path);
  if (typeof text !== 'string') return value;
  const spoken = issue.expected === 'boolean' ? truth(text) : issue.expected === 'number' ? number(text) : undefined;
  return spoken === undefined ? value : replaceAt(value, issue.path, spoken);
}

function truth(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['true', 'yes', 'on'].includes(word)) return true;
  return ['false', 'no', 'off'].includes(word) ? false : undefined;
}

function number(text: string): number | undefined {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function replaceAt(value: unknown, [step, ...rest]: readonly PropertyKey[], part: unknown): unknown {
  if (step === undefined) return part;
  if (Array.isArray(value)) return value.map((entry, index) => (index === step ? replaceAt(entry, rest, part) : entry));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, key === step ? replaceAt(entry, rest, part) : entry]),
  );
}
