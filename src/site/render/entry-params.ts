import { reasonOf } from '../../diagnostics/reason.js';
import type { ParamsRenderer } from '../../model/params-renderer.js';
import type { ControllerFiles } from '../../model/resource.js';
import { variableValue } from '../../vars/template/template.js';
import { isMap } from '../../vars/template/template-value.js';
import type { Path, TaskEntry } from '../blueprint/blueprint.js';
import { type EntryRenderer, failed } from './entry-renderer.js';

/** Renders the parameters of a task's resource, by its own `render` where it has one; `failed` after an error. */
export function entryParams(renderer: EntryRenderer<TaskEntry>, files: ControllerFiles): unknown {
  const { entry, scope } = renderer;
  const { resource, params } = entry;
  const base = [...entry.path, resource.kind];
  if (resource.render === undefined || !isMap(params)) return renderer.render(params, base);
  let hasFailed = false;
  const known = (value: unknown) => {
    if (value !== failed) return value;
    hasFailed = true;
    return undefined;
  };
  const at = (path: Path) => [...base, ...path];
  const to: ParamsRenderer = {
    files,
    value: (written, path = []) => known(renderer.render(written, at(path))),
    condition: (written, path) => known(renderer.condition(written, () => at(path)) ?? failed),
    variable: (name, path) => {
      if (!Object.hasOwn(scope, name)) return undefined;
      return known(
        renderer.attempt(
          name,
          () => at(path),
          () => variableValue(name, scope),
        ),
      );
    },
  };
  try {
    const rendered = resource.render(params, to);
    return hasFailed ? failed : rendered;
  } catch (error) {
    renderer.reportAt(base, { code: 'wrong-value', message: `${resource.kind}: ${reasonOf(error)}` });
    return failed;
  }
}
