import { fileURLToPath } from 'node:url';

const definitions = new WeakMap<object, Error>();

/** Remembers where the kind of a resource was defined. @param where an error that was made there */
export function rememberDefinition(resource: object, where: Error): void {
  definitions.set(resource, where);
}

/** Returns the file and line where the kind of a resource was defined, for errors in it; undefined where it isn't known. */
export function definitionPlace(resource: object): string | undefined {
  const [, , caller = ''] = definitions.get(resource)?.stack?.split('\n') ?? [];
  const [, file = '', line] = /((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(caller) ?? [];
  if (line === undefined) return undefined;
  return `${file.startsWith('file://') ? fileURLToPath(file) : file}:${line}`;
}
