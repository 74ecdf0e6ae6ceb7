import { z } from 'zod';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { schemasWithin } from './schema-parts.js';

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
  else for (const { inner, of } of schemasWithin(schema)) for (const [, part] of of(value)) keepSecrets(inner, part);
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
export function holdsSecrets(schema: z.core.$ZodType): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  known.set(schema, false); // Until it is known: its parts may lead back to it.
  const holds = isMarked(schema) || schemasWithin(schema).some(({ inner }) => holdsSecrets(inner));
  known.set(schema, holds);
  return holds;
}

function isMarked(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.secret === true;
}
