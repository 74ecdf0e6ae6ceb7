import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { renderText } from '../../vars/template/template.js';
import { TemplateError } from '../../vars/template/template-error.js';
import { Data, Later } from '../../vars/template/template-value.js';

/**
 * Reads a template of the controller.
 *
 * @throws Error that names it
 */
export function readTemplate(path: string): string {
  try {
    return readTextFile(path);
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

function asItIs(value: unknown): unknown {
  return value instanceof Data || value instanceof Later ? value : new Data(value);
}

function placeIn(text: string, offset: number | undefined): string {
  if (offset === undefined) return '';
  const before = text.slice(0, offset).split('\n');
  return `:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
