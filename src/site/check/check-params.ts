import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { explain } from '../../diagnostics/shapes/explain-issue.js';
import { describe } from '../../diagnostics/shapes/value-words.js';
import type { ControllerFiles } from '../../model/resource.js';
import { insteadOfSealed, isSealedFile } from '../../resources/content/file-content.js';
import { renderText } from '../../vars/template/template.js';
import { TemplateError, TooEarly } from '../../vars/template/template-error.js';
import { Data, isMap, Later, laterIn } from '../../vars/template/template-value.js';
import type { TaskEntry } from '../blueprint/blueprint.js';
import { placeInFile } from '../render/place-within.js';
import { failed, type Rendering, renderParams } from '../render/render-entry.js';
import { templateMistake } from '../render/template-mistake.js';
import { fitSchema } from './fit-schema.js';

/**
 * The parameters of a task's resource, checked as far as they are known; undefined where something is wrong, which has
 * been reported where it was written.
 */
export function checkedParams(
  entry: TaskEntry,
  rendering: Rendering,
  files: ControllerFiles,
): { readonly value: unknown } | Later | undefined {
  const text = notParams(entry);
  if (text !== undefined) {
    rendering.report(text);
    return undefined;
  }
  const params = renderParams(entry, rendering, files);
  if (params === failed) return undefined;
  const checked = fitSchema(entry.resource.params, params);
  if (checked.kind === 'fits') return { value: checked.value };
  if (checked.kind === 'later') return laterIn(params) ?? new Later('values that are not known yet');
  for (const mistake of mistakesOf(entry, checked)) rendering.report(mistake);
  return undefined;
}

function mistakesOf(entry: TaskEntry, wrong: Extract<ReturnType<typeof fitSchema>, { kind: 'wrong' }>): Diagnostic[] {
  return wrong.issues.flatMap((issue) =>
    explain(issue, wrong.value, entry.resource.params).map(({ at, part, message, ...rest }) => ({
      ...rest,
      message: `${entry.resource.kind}: ${message}`,
      place: entry.source.placeOf([...entry.path, entry.resource.kind, ...at], part),
    })),
  );
}

/** Checks what is wrong with the parameters for any host: templates count as not known. */
export function checkFixedParams(entry: TaskEntry, report: (mistake: Diagnostic) => void): void {
  const text = notParams(entry);
  if (text !== undefined) {
    report(text);
    return;
  }
  const checked = fitSchema(entry.resource.params, withoutTemplates(entry.params));
  if (checked.kind === 'wrong') for (const mistake of mistakesOf(entry, checked)) report(mistake);
}

/** Text in place of parameters, as many of Ansible's modules take it. */
function notParams({ params, resource, source, path }: TaskEntry): Diagnostic | undefined {
  if (typeof params !== 'string' || !(resource.params instanceof z.ZodObject)) return undefined;
  const { kind } = resource;
  const [first = 'name'] = Object.keys(resource.params.shape);
  const value = params.includes('=') || params.trim() === '' ? '…' : JSON.stringify(params);
  return {
    code: 'wrong-type',
    message: `${kind}: expected a map of its parameters, found ${describe(params)}`,
    place: source.placeOf([...path, kind], 'value'),
    hint: `write ${kind}: { ${first}: ${value} }; provision explain ${kind} has all of them`,
  };
}

function withoutTemplates(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('{{') ? new Later('a template') : value;
  if (value instanceof Data) return value.value;
  if (Array.isArray(value)) return value.map(withoutTemplates);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutTemplates(entry)]));
}

/** Checks the file that a task sends or renders: that it is there, and that a template can be rendered. */
export function checkFile(entry: TaskEntry, rendering: Rendering, files: ControllerFiles): void {
  const { kind } = entry.resource;
  if ((kind !== 'template' && kind !== 'file') || !isMap(entry.params) || !('src' in entry.params)) return;
  const params = renderParams(entry, { ...rendering, report: () => {} }, files);
  const src = isMap(params) ? params.src : undefined;
  if (!isMap(params) || typeof src !== 'string') return;
  const place = entry.source.placeOf([...entry.path, kind, 'src'], 'value');
  const refuse = (message: string) => rendering.report({ code: 'unreadable-file', message, place });
  const path = found(() => (kind === 'template' ? files.template(src) : files.file(src)));
  if (path instanceof Error) refuse(path.message);
  else if (!isReadable(path)) refuse(`cannot read ${path}`);
  else if (isSealedFile(path))
    rendering.report({ code: 'vault', message: `${src} is encrypted`, place, hint: insteadOfSealed });
  else if (kind === 'template') {
    const text = found(() => readTextFile(path));
    if (text instanceof Error) refuse(`cannot read ${path}: ${reasonOf(text)}`);
    else checkTemplateFile(path, text, isMap(params.data) ? params.data : {}, rendering);
  }
}

function checkTemplateFile(
  path: string,
  text: string,
  data: Readonly<Record<string, unknown>>,
  rendering: Rendering,
): void {
  const scope: Record<string, unknown> = Object.create(null);
  Object.assign(scope, rendering.scope);
  for (const [name, value] of Object.entries(data)) scope[name] = new Data(value);
  try {
    renderText(text, scope);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (error instanceof TooEarly) return;
    const here = placeInFile(path, text, error.offset);
    const mistake = templateMistake(error, text, here, rendering.variables);
    rendering.report(error.variable === undefined ? { ...mistake, place: here } : mistake);
  }
}

function found(find: () => string): string | Error {
  try {
    return find();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Only looked at: a file may be large, and a pipe would be waited for. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
