import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { insteadOfAnsibleName } from '../../vars/jinja/ansible-names.js';
import { compileTemplate } from '../../vars/template/template-compile.js';
import { inCondition } from '../../vars/template/template-condition.js';
import { TemplateError } from '../../vars/template/template-error.js';
import { namesInText } from '../../vars/template/template-names.js';
import { isMap } from '../../vars/template/template-value.js';
import { judgingWords, type Path, type PlayEntry } from '../blueprint/blueprint.js';
import { standInFacts } from '../render/ansible-facts.js';
import { conditionPath } from '../render/condition-path.js';
import { eachText, paramsOfAnyHost } from '../render/params-of-any-host.js';
import { placeWithin } from '../render/place-within.js';
import { templateDiagnostic } from '../render/template-diagnostic.js';

/**
 * Checks what can be said of an entry's templates whatever host it is for: that they can be read, and that somebody
 * defines each name. (Whether the host at hand does is seen when they are rendered for it.)
 *
 * @param names variables of any host of the play, and names that every template may use
 */
export function checkNames(
  entry: PlayEntry,
  names: ReadonlySet<string>,
  report: (diagnostic: Diagnostic) => void,
): void {
  const own = new Set([...names, ...entry.vars.keys(), ...entry.registered]);
  const looped = 'loop' in entry && entry.loop !== undefined ? new Set([...own, entry.loopVar]) : own;
  const asked = new Set<string>();
  const check = (text: string, path: Path, known: ReadonlySet<string>, condition = false) => {
    const place = entry.source.placeOf(path, 'value');
    try {
      const uses = condition ? inCondition(text, usesOf) : usesOf(text);
      for (const use of uses) if (use.optional) asked.add(use.root);
      for (const { root, path: used, offset } of uses) {
        const fact = root === 'facts' ? used.split('.')[1] : undefined;
        const missing = fact === undefined ? !known.has(root) : !factNames.includes(fact);
        if (!missing || asked.has(root)) continue;
        const name = fact === undefined ? root : `facts.${fact}`;
        const near =
          fact === undefined
            ? nearest(root, known)
            : nearest(
                name,
                factNames.map((each) => `facts.${each}`),
              );
        const instead = fact === undefined ? insteadOfAnsibleName(root) : undefined;
        const hint = instead ?? (near === undefined ? undefined : `did you mean ${near}?`);
        const braces = condition && !text.trimStart().startsWith('{{') ? 2 : 0;
        const at = placeWithin(place, text, offset - braces);
        report({ code: 'undefined-variable', message: `${name} is not defined`, hint, place: at });
      }
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      report(templateDiagnostic(error, text, place, new Map()));
    }
  };
  for (const [index, condition] of entry.when.entries()) {
    if (typeof condition === 'string') check(condition, conditionPath(entry, index), looped, true);
  }
  for (const name of entry.vars.keys()) {
    const variable = entry.vars.get(name);
    if (variable?.place?.file === entry.source.file && isOwn(name, entry))
      eachText(variable.value, [...entry.path, 'vars', name], (text, path) => check(text, path, looped));
  }
  if (entry.kind === 'role' || entry.kind === 'flush') return;
  if (entry.kind === 'block') {
    eachText(entry.title, [...entry.path, 'name'], (text, path) => check(text, path, looped));
    return;
  }
  eachText(entry.loop, [...entry.path, 'loop'], (text, path) => check(text, path, own));
  eachText(entry.title, [...entry.path, 'name'], (text, path) => check(text, path, looped));
  eachText(entry.loopLabel, [...entry.path, 'loop_control', 'label'], (text, path) => check(text, path, looped));
  if (entry.kind === 'task') {
    const withResult = entry.register === undefined ? looped : new Set([...looped, entry.register]);
    for (const word of judgingWords) {
      for (const [index, condition] of (entry.own[word] ?? []).entries()) {
        if (typeof condition === 'string') check(condition, conditionPath(entry, index, word), withResult, true);
      }
    }
    eachText(entry.own.delegate_to, [...entry.path, 'delegate_to'], (text, path) => check(text, path, looped));
    eachText(entry.own.retries, [...entry.path, 'retries'], (text, path) => check(text, path, looped));
    eachText(entry.own.delay, [...entry.path, 'delay'], (text, path) => check(text, path, looped));
  }
  if (entry.kind === 'include') check(entry.what, entry.whatAt, looped);
  else
    paramsOfAnyHost(entry, {
      template: (text, path) => check(text, path, looped),
      condition: (text, path) => check(text, path, looped, true),
    });
}

/** Tells if a variable is written in the entry itself, not handed down to it. */
function isOwn(name: string, { source, path }: PlayEntry): boolean {
  let written: unknown = source.value;
  for (const step of [...path, 'vars'])
    written = isMap(written) || Array.isArray(written) ? Reflect.get(written, step) : undefined;
  return isMap(written) && Object.hasOwn(written, name);
}

const factNames = Object.keys(standInFacts);

function usesOf(text: string): ReturnType<typeof namesInText> {
  compileTemplate(text);
  return namesInText(text);
}
