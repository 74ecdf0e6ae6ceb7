import { z } from 'zod';

/** Value within another, with its key or index; none where it is the very same value. */
export type ValuePart = readonly [at: readonly (string | number)[], value: unknown];

/** Schema within another, and the values that it checks within the other's. */
export interface SchemaPart {
  readonly inner: z.core.$ZodType;
  readonly of: (value: unknown) => readonly ValuePart[];
}

/** Returns the schemas within a schema: those of keys, elements and options, and what a wrapper holds. */
export function schemasWithin(schema: z.core.$ZodType): readonly SchemaPart[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).map(([name, inner]) => ({
      inner,
      of: (value) => [[[name], Object(value)[name]]],
    }));
  }
  if (schema instanceof z.ZodArray)
    return [{ inner: schema.element, of: (value) => [value].flat().map((each, at): ValuePart => [[at], each]) }];
  if (schema instanceof z.ZodUnion) return schema.options.map((inner) => ({ inner, of: ofOption(schema, inner) }));
  if (schema instanceof z.ZodRecord) {
    const entries = (value: unknown) => Object.entries(Object(value));
    return [{ inner: schema.valueType, of: (value) => entries(value).map(([key, each]): ValuePart => [[key], each]) }];
  }
  return withinSame(schema).map((inner) => ({ inner, of: (value) => [[[], value]] }));
}

/** Returns the values of an option of a union: those that fit it, and those that fit none. */
function ofOption(union: z.ZodUnion, option: z.core.$ZodType): SchemaPart['of'] {
  const fits = (schema: z.core.$ZodType, value: unknown) => z.safeParse(schema, value).success;
  return (value) => (fits(option, value) || !fits(union, value) ? [[[], value]] : []);
}

/** Returns the schemas that check the very same value. */
function withinSame(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right];
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return [schema.unwrap()];
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return [schema.unwrap()];
  return schema instanceof z.ZodReadonly ? [schema.unwrap()] : [];
}
