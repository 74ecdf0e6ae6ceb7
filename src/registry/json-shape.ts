import { z } from 'zod';
import { isRecord } from '../model/is-record.js';

/** A value of a shape, or the first thing that is wrong with it. */
export type ShapeResult<T> = { readonly data: T } | { readonly wrong: string };

/** Reads a value in a shape. A value with very many errors is wrong as well: zod would overflow the stack in collecting them. */
export function parseShape<T>(shape: z.ZodType<T>, value: unknown): ShapeResult<T> {
  try {
    const parsed = shape.safeParse(value);
    if (parsed.success) return { data: parsed.data };
    const [issue] = parsed.error.issues;
    return { wrong: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
  } catch (error) {
    if (error instanceof RangeError) return { wrong: 'it has too many errors' };
    throw error;
  }
}

/** Makes the shape of an object of which a member that is `null` isn't there: programs in Go write what is empty so. */
export function objectWithoutNulls<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(withoutNulls, z.object(shape));
}

function withoutNulls(value: unknown): unknown {
  if (!isRecord(value) || !Object.values(value).includes(null)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

/**
 * Makes the shape of a list that is read up to its first wrong item. zod makes an object of each error, and there may
 * be very many.
 */
export function failFastList<Schema extends z.ZodType>(item: Schema) {
  return z.unknown().transform((value, context): z.output<Schema>[] => {
    if (!Array.isArray(value)) {
      context.addIssue('expected a list');
      return z.NEVER;
    }
    const items: z.output<Schema>[] = [];
    for (const [at, each] of value.entries()) {
      const parsed = item.safeParse(each);
      if (parsed.success) items.push(parsed.data);
      else {
        const [{ path, message } = { path: [], message: '' }] = parsed.error.issues;
        context.addIssue({ code: 'custom', path: [at, ...path], message });
        return z.NEVER;
      }
    }
    return items;
  });
}
