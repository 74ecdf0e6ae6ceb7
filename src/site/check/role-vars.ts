import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { explainIssue } from '../../diagnostics/shapes/explain-issue.js';
import { controllerFilesIn } from '../../model/marks/controller-file.js';
import type { ControllerFiles } from '../../model/resource.js';
import { extendScope, renderValue, variableValue } from '../../vars/template/template.js';
import { TemplateError } from '../../vars/template/template-error.js';
import { Data, Later, laterIn } from '../../vars/template/template-value.js';
import type { Path, RoleEntry } from '../blueprint/blueprint.js';
import type { EntryRenderer } from '../render/entry-renderer.js';
import { fitSchema, type SchemaIssue } from './fit-schema.js';

/**
 * Returns the variables of a role for one host: those that it declares, from whatever layer, checked, and its defaults
 * for the rest. Undefined after an error, which has been reported where it was written.
 */
export function roleVars(renderer: EntryRenderer<RoleEntry>): Readonly<Record<string, unknown>> | Later | undefined {
  const { entry } = renderer;
  const given = givenValues(renderer);
  const checked = fitSchema(entry.role.vars, given);
  const wrong = Object.values(given).includes(broken);
  if (checked.kind === 'later')
    return wrong ? undefined : (laterIn(given) ?? new Later('values that are not known yet'));
  if (checked.kind === 'fits') return withDefaults(given, checked.value, renderer);
  for (const issue of checked.issues) reportIssue(issue, checked.value, renderer);
  return undefined;
}

/** Stands for a value that could not be rendered, so that the others are checked all the same. */
const broken = new Later('a value with an error');

function givenValues(renderer: EntryRenderer<RoleEntry>): Record<string, unknown> {
  const { entry, variables, scope } = renderer;
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(entry.role.vars.shape)) {
    const variable = variables.get(name);
    if (variable === undefined) continue;
    try {
      const value = variableValue(name, scope);
      if (typeof value !== 'symbol') given[name] = value;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      renderer.reportTemplate(error, '', variable.place ?? entry.place);
      given[name] = broken;
    }
  }
  return given;
}

/** Fills in defaults, which may be templates of the host's names and of the role's other variables. */
function withDefaults(
  given: Readonly<Record<string, unknown>>,
  vars: Readonly<Record<string, unknown>>,
  { entry, report, scope: outer }: EntryRenderer<RoleEntry>,
): Readonly<Record<string, unknown>> | Later | undefined {
  if (!JSON.stringify(vars).includes('{{')) return vars;
  const defaulted = Object.keys(vars).filter((name) => !Object.hasOwn(given, name));
  const own = Object.entries(vars).map(([name, value]) => [name, defaulted.includes(name) ? value : new Data(value)]);
  const scope = extendScope(outer, Object.fromEntries(own));
  const complete: Record<string, unknown> = { ...vars };
  for (const name of defaulted) {
    try {
      complete[name] = renderValue(vars[name], scope);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const message = `the default of ${name} in the role ${entry.role.name}: ${error.message}`;
      report({ code: 'template', message, hint: error.hint, place: entry.place });
      return undefined;
    }
  }
  return laterIn(complete) ?? complete;
}

/** Checks the files of the controller that a role's variables name: that they are there, and what they hold. */
export function checkRoleFiles(
  vars: Readonly<Record<string, unknown>>,
  { entry, variables, report }: EntryRenderer<RoleEntry>,
  files: ControllerFiles,
): void {
  for (const { at, path, check } of controllerFilesIn(entry.role.vars, vars)) {
    const variable = variables.get(String(at[0]));
    const wrong = (found: Diagnostic) => {
      const named = variable === undefined ? entry.place : placeInVariable(variable.place, at, 'value', entry);
      report({
        ...found,
        place: found.place ?? named,
        message: `role ${entry.role.name}: ${at.join('.')}: ${found.message}`,
      });
    };
    let full: string;
    try {
      full = files.file(path);
    } catch (error) {
      wrong({ code: 'unreadable-file', message: reasonOf(error) });
      continue;
    }
    for (const found of check?.(full) ?? []) wrong(found);
  }
}

function reportIssue(issue: SchemaIssue, value: unknown, { entry, variables, report }: EntryRenderer<RoleEntry>): void {
  for (const { code, message, hint, at, part } of explainIssue(issue, value, entry.role.vars)) {
    const variable = variables.get(String(at[0]));
    const from = variable === undefined || variable.place !== undefined ? '' : ` (from ${variable.from})`;
    const place = variable === undefined ? entry.place : placeInVariable(variable.place, at, part, entry);
    const name = from === '' ? {} : { variable: String(at[0]) };
    report({ code, message: `role ${entry.role.name}: ${message}${from}`, hint, place, ...name });
  }
}

/** Returns the place of the very part of a variable that is written in the entry itself, else that of the variable. */
function placeInVariable(
  place: Place | undefined,
  at: Path,
  part: 'key' | 'value',
  { source, path }: RoleEntry,
): Place | undefined {
  for (const vars of [
    [...path, 'vars'],
    [...path, 'import_role', 'vars'],
  ]) {
    const written = source.placeOf([...vars, ...at.slice(0, 1)]);
    const same = place?.file === written.file && place.line === written.line && place.column === written.column;
    if (same) return source.placeOf([...vars, ...at], part);
  }
  return place;
}
