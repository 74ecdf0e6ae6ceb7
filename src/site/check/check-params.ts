import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { readUnchangedText } from '../../diagnostics/read-unchanged.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { explainIssue } from '../../diagnostics/shapes/explain-issue.js';
import { describe } from '../../diagnostics/shapes/value-words.js';
import type { ControllerFiles } from '../../model/resource.js';
import { insteadOfSealed, isSealedFile } from '../../resources/content/file-content.js';
import { renderText } from '../../vars/template/template.js';
import { TemplateError, TooEarly } from '../../vars/template/template-error.js';
import { Data, isMap, Later, laterIn } from '../../vars/template/template-value.js';
import type { Path, TaskEntry } from '../blueprint/blueprint.js';
import { entryParams } from '../render/entry-params.js';
import { type EntryRenderer, failed } from '../render/entry-renderer.js';
import { paramsOfAnyHost } from '../render/params-of-any-host.js';
import { placeInFile } from '../render/place-within.js';
import { templateDiagnostic } from '../render/template-diagnostic.js';
import { insteadOfParam } from './ansible-params.js';
import { fitSchema } from './fit-schema.js';

/**
 * Returns the parameters of a task's resource, checked as far as they are known; undefined after an error, which has been
 * reported where it was written.
 */
export function checkedParams(
  renderer: EntryRenderer<TaskEntry>,
  files: ControllerFiles,
): { readonly value: unknown } | Later | undefined {
  const { entry } = renderer;
  const text = notParams(entry);
  if (text !== undefined) {
    renderer.report(text);
    return undefined;
  }
  const params = entryParams(renderer, files);
  if (params === failed) return undefined;
  const checked = fitSchema(entry.resource.params, params);
  if (checked.kind === 'fits') return { value: checked.value };
  if (checked.kind === 'later') return laterIn(params) ?? new Later('values that are not known yet');
  for (const diagnostic of schemaErrors(entry, checked)) renderer.report(diagnostic);
  return undefined;
}

function schemaErrors(entry: TaskEntry, wrong: Extract<ReturnType<typeof fitSchema>, { kind: 'wrong' }>): Diagnostic[] {
  return wrong.issues.flatMap((issue) =>
    explainIssue(issue, wrong.value, entry.resource.params).map(({ at, part, message, hint, ...rest }) => ({
      ...rest,
      hint: insteadOfParam(entry.resource.kind, at, wrong.value) ?? hint,
      message: `${entry.resource.kind}: ${message}`,
      place: entry.source.placeOf([...entry.path, entry.resource.kind, ...at], part),
    })),
  );
}

/** Checks what is wrong with the parameters for any host: templates count as not known. */
export function checkFixedParams(entry: TaskEntry, report: (diagnostic: Diagnostic) => void): void {
  const text = notParams(entry);
  if (text !== undefined) {
    report(text);
    return;
  }
  const checked = fitSchema(entry.resource.params, paramsOfAnyHost(entry));
  if (checked.kind === 'wrong') for (const diagnostic of schemaErrors(entry, checked)) report(diagnostic);
}

/** Returns the error of text in place of parameters, as many of Ansible's modules take it. */
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

/** Checks the files that a task sends or renders: that each is there, and that a template can be rendered. */
export function checkFiles(renderer: EntryRenderer<TaskEntry>, files: ControllerFiles): void {
  const { entry } = renderer;
  const { kind, sources = {} } = entry.resource;
  const written = entry.params;
  const named = isMap(written) ? Object.entries(sources).filter(([name]) => name in written) : [];
  const params =
    named.length === 0
      ? undefined
      : entryParams(
          renderer.reportingTo(() => {}),
          files,
        );
  if (!isMap(params)) return;
  const data = isMap(params.data) ? params.data : {};
  for (const [name, as] of named) {
    const src = params[name];
    if (typeof src === 'string') checkFile(src, as, [...entry.path, kind, name], { data, renderer, files });
  }
}

function checkFile(src: string, as: 'file' | 'template', at: Path, { data, renderer, files }: FileCheckContext): void {
  const refuse = (message: string) => renderer.reportAt(at, { code: 'unreadable-file', message });
  const path = found(() => (as === 'template' ? files.template(src) : files.file(src)));
  if (path instanceof Error) refuse(path.message);
  else if (as === 'file' && isFolder(path))
    renderer.reportAt(at, { code: 'unreadable-file', message: `${src} is a folder`, hint: insteadOfFolder });
  else if (!isReadable(path)) refuse(`cannot read ${path}`);
  else if (isSealedFile(path))
    renderer.reportAt(at, { code: 'vault', message: `${src} is encrypted`, hint: insteadOfSealed });
  else if (as === 'template') {
    const text = found(() => readUnchangedText(path));
    if (text instanceof Error) refuse(`cannot read ${path}: ${reasonOf(text)}`);
    else checkTemplateFile(path, text, data, renderer);
  }
}

interface FileCheckContext {
  /** Values for the names in a template, beside the variables of the host. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly renderer: EntryRenderer<TaskEntry>;
  readonly files: ControllerFiles;
}

function checkTemplateFile(
  path: string,
  text: string,
  data: Readonly<Record<string, unknown>>,
  renderer: EntryRenderer<TaskEntry>,
): void {
  const scope: Record<string, unknown> = Object.create(null);
  Object.assign(scope, renderer.scope);
  for (const [name, value] of Object.entries(data)) scope[name] = new Data(value);
  try {
    renderText(text, scope);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (error instanceof TooEarly) return;
    const here = placeInFile(path, text, error.offset);
    const diagnostic = templateDiagnostic(error, text, here, renderer.variables);
    renderer.report(error.variable === undefined ? { ...diagnostic, place: here } : diagnostic);
  }
}

function found(find: () => string): string | Error {
  try {
    return find();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const insteadOfFolder = 'send its files one by one, with `loop`, or as an archive with `unarchive`';

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Tells if a file can be read. It is not opened: it may be large, or a pipe that would be waited for. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
