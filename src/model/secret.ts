import { z } from 'zod';
import { currentSecrets } from '../diagnostics/secrets/session-secrets.js';

/**
 * Marks a variable of a role, or a parameter of a resource, as secret: every text in it is kept out of all output. It
 * works as before in templates and roles.
 *
 * @example vars: z.object({ backup_password: secret(z.string().min(8)).describe('Password of the backup account') })
 */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  const marked = schema.clone();
  // Wrappers and clones (`optional`, `describe`) either hold the marked schema or inherit its mark.
  z.globalRegistry.add(marked, { ...z.globalRegistry.get(schema), secret: true });
  return marked;
}

/** Keeps all texts of a value that its schema marks as secret out of output. */
export function keepSecrets(schema: z.core.$ZodType, value: unknown): void {
  if (value === undefined || value === null || !holdsSecrets(schema)) return;
  if (isMarked(schema)) keepTexts(value);
  else for (const { inner, of } of partsOf(schema)) for (const part of of(value)) keepSecrets(inner, part);
}

/** Keeps every text and number within a value out of output. */
export function keepTexts(value: unknown): void {
  if (typeof value === 'string') for (const text of [value, ...secretPartsOf(value)]) currentSecrets().add(text);
  else if (typeof value === 'number') currentSecrets().add(String(value));
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) keepTexts(part);
}

/** Returns the parts of a text that are secrets themselves: the password in a URL, encoded and decoded; a token after `Bearer`. */
function secretPartsOf(text: string): readonly string[] {
  const [, password] = /^\w+:\/\/[^/?#:]*:([^/?#]*)@/.exec(text) ?? /^(?:Basic|Bearer) (.+)$/i.exec(text) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

declare module 'zod' {
  interface GlobalMeta {
    /** Keeps texts of this schema out of all output. */
    secret?: boolean;
  }
}

const known = new WeakMap<z.core.$ZodType, boolean>();

/** Tells whether a schema, or one within it, is marked. The answer is kept, as lists of thousands have one schema. */
function holdsSecrets(schema: z.core.$ZodType): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  known.set(schema, false); // Until it is known: its parts may lead back to it.
  const holds = isMarked(schema) || partsOf(schema).some(({ inner }) => holdsSecrets(inner));
  known.set(schema, holds);
  return holds;
}

function isMarked(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.secret === true;
}

/** Schema within another, and the values that it checks within the other's. */
interface Part {
  readonly inner: z.core.$ZodType;
  readonly of: (value: unknown) => readonly unknown[];
}

function partsOf(schema: z.core.$ZodType): readonly Part[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).map(([name, inner]) => ({ inner, of: (value) => [Object(value)[name]] }));
  }
  if (schema instanceof z.ZodArray) return [{ inner: schema.element, of: (value) => [value].flat() }];
  if (schema instanceof z.ZodUnion) return schema.options.map((inner) => ({ inner, of: ofOption(schema, inner) }));
  if (schema instanceof z.ZodRecord) return [{ inner: schema.valueType, of: (value) => Object.values(Object(value)) }];
  return withinSame(schema).map((inner) => ({ inner, of: (value) => [value] }));
}

/** Returns the values to keep for an option of a union: those that fit it, and those that fit none. */
function ofOption(union: z.ZodUnion, option: z.core.$ZodType): Part['of'] {
  const fits = (schema: z.core.$ZodType, value: unknown) => z.safeParse(schema, value).success;
  return (value) => (fits(option, value) || !fits(union, value) ? [value] : []);
}

/** Returns the schemas that check the very same value. */
function withinSame(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right];
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return [schema.unwrap()];
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return [schema.unwrap()];
  return schema instanceof z.ZodReadonly ? [schema.unwrap()] : [];
}
