import { readUnchangedText } from '../../diagnostics/read-unchanged.js';
import { reasonOf } from '../../diagnostics/reason.js';
import type { ParamsRenderer } from '../../model/params-renderer.js';
import type { ControllerFiles } from '../../model/resource.js';
import { renderText } from '../../vars/template/template.js';
import { TemplateError } from '../../vars/template/template-error.js';
import { type NameUse, namesInText } from '../../vars/template/template-names.js';
import { Data, isMap, Later } from '../../vars/template/template-value.js';

/**
 * Reads a template of the controller.
 *
 * @throws Error that names it
 */
export function readTemplate(path: string): string {
  try {
    return readUnchangedText(path);
  } catch (error) {
    throw new Error(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Renders the template of a file. Values are taken as they are: braces in them mean braces. They are read when the
 * template first asks for them, so that `data` may be made of getters.
 *
 * @throws Error that names the template, line and column
 */
export function renderFile(text: string, data: Readonly<Record<string, unknown>>, path: string): string {
  const scope: Record<string, unknown> = {};
  for (const name of Object.keys(data)) {
    Object.defineProperty(scope, name, { enumerable: true, get: () => asItIs(data[name]) });
  }
  try {
    return renderText(text, scope);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const hint = error.hint === undefined ? '' : ` (${error.hint})`;
    throw new Error(`${path}${placeIn(text, error.offset)}: ${error.message}${hint}`, { cause: error });
  }
}

/** Renders the parameters of a `template` in a site: `data` gets the variables of the host that the file names. */
export function renderTemplateParams(written: Readonly<Record<string, unknown>>, to: ParamsRenderer): unknown {
  const params = to.value(written);
  if (!isMap(params) || typeof params.src !== 'string') return params;
  const given = params.data ?? {};
  if (!isMap(given)) return params;
  const data: Record<string, unknown> = Object.create(null);
  for (const { root } of namesInTemplate(params.src, to.files)) {
    const value = Object.hasOwn(given, root) ? undefined : to.variable(root, ['src']);
    if (value !== undefined) data[root] = value;
  }
  return { ...params, data: { ...data, ...given } };
}

/** A template that is missing or wrong has no names: it is reported where it is read. */
function namesInTemplate(src: string, files: ControllerFiles): readonly NameUse[] {
  try {
    return namesInText(readUnchangedText(files.template(src)));
  } catch {
    return [];
  }
}

function asItIs(value: unknown): unknown {
  return value instanceof Data || value instanceof Later ? value : new Data(value);
}

function placeIn(text: string, offset: number | undefined): string {
  if (offset === undefined) return '';
  const before = text.slice(0, offset).split('\n');
  return `:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
