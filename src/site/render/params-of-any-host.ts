import type { ParamsRenderer } from '../../model/params-renderer.js';
import { Data, isMap, Later } from '../../vars/template/template-value.js';
import type { Path, TaskEntry } from '../blueprint/blueprint.js';

/** Visitor of the texts in a task's parameters. */
export interface ParamsVisitor {
  template(text: string, path: Path): void;
  condition(text: string, path: Path): void;
}

/**
 * Returns the parameters of a task's resource as far as they are the same for every host: the rest is {@link Later}. The
 * resource's own `render` is used where it has one.
 *
 * @param visitor is given every text
 */
export function paramsOfAnyHost({ resource, params, path: entryPath }: TaskEntry, visitor?: ParamsVisitor): unknown {
  const base = [...entryPath, resource.kind];
  const value = (written: unknown, path: Path = []) => {
    if (visitor) eachText(written, [...base, ...path], visitor.template);
    return withoutTemplates(written);
  };
  if (resource.render === undefined || !isMap(params)) return value(params);
  const to: ParamsRenderer = {
    files: { template: refuseFile, file: refuseFile, own: refuseFile },
    value,
    condition: (text, path) => {
      visitor?.condition(text, [...base, ...path]);
      return new Later('a condition');
    },
    variable: (name) => new Later(`the variable ${name}`),
  };
  try {
    return resource.render(params, to);
  } catch {
    // It is reported where the parameters are rendered for a host.
    return new Later('parameters with an error');
  }
}

function refuseFile(): never {
  throw new Error('no file is known before the host');
}

function withoutTemplates(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('{{') ? new Later('a template') : value;
  if (value instanceof Data) return value.value;
  if (Array.isArray(value)) return value.map(withoutTemplates);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutTemplates(entry)]));
}

/** Visits every text in a value, with the way to it. */
export function eachText(value: unknown, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) for (const [index, part] of value.entries()) eachText(part, [...path, index], visit);
  else if (isMap(value)) for (const [key, part] of Object.entries(value)) eachText(part, [...path, key], visit);
}
