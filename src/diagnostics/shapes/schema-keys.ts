import type { z } from 'zod';

/** Returns the keys that a schema knows at a path, looked up through lists, unions and wrappers. */
export function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let shapes: unknown[] = unwrap(schema);
  for (const step of path) {
    shapes = shapes.flatMap((each) => {
      const def = definition(each);
      const inner = typeof step === 'number' ? def?.element : (def?.shape?.[step] ?? def?.valueType);
      return inner === undefined ? [] : unwrap(inner);
    });
  }
  return [...new Set(shapes.flatMap(keysOf))];
}

function keysOf(schema: unknown): string[] {
  const def = definition(schema);
  if (def?.shape !== undefined) return Object.keys(def.shape);
  return Object.values(definition(def?.keyType)?.entries ?? {}).map(String);
}

interface Definition {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly keyType?: unknown;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly innerType?: unknown;
  readonly in?: unknown;
  readonly out?: unknown;
  readonly options?: readonly unknown[];
}

function definition(schema: unknown): Definition | undefined {
  if (typeof schema !== 'object' || schema === null || !('def' in schema)) return undefined;
  const { def } = schema;
  return typeof def === 'object' && def !== null ? def : undefined;
}

/** Returns the schemas that take the value in the end. A pipe that begins with a transformation has one behind it. */
function unwrap(schema: unknown): unknown[] {
  const def = definition(schema);
  if (def?.innerType !== undefined) return unwrap(def.innerType);
  if (def?.in !== undefined) return [...unwrap(def.in), ...unwrap(def.out)];
  if (def?.options !== undefined) return def.options.flatMap(unwrap);
  return [schema];
}
