const paramsOf = new WeakMap<object, RecordedTask>();

/** Kind of resource with its parameters: enough to make the same resource in a later run. */
export interface RecordedTask {
  readonly kind: string;
  readonly params: unknown;
}

/** Remembers the parameters that a resource was made from. */
export function rememberParams(resource: object, kind: string, params: unknown): void {
  paramsOf.set(resource, { kind, params });
}

/** Returns kind and parameters of a resource; undefined where it was not made by `defineResource`. */
export function recordedTaskOf(resource: object): RecordedTask | undefined {
  return paramsOf.get(resource);
}
