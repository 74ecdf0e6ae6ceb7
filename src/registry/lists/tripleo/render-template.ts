import { createRequire } from 'node:module';
import type { Environment } from 'nunjucks';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Diagnostics, Place } from '../../../diagnostics/diagnostic.js';
import { wordPath } from '../../../diagnostics/value-words.js';

/** A Jinja2 template, and where it was read. */
export interface TemplateText {
  readonly file: string;
  readonly text: string;
}

/** What a template is filled with: texts, and null for what is not set. */
export type Substitutions = Readonly<Record<string, string | null>>;

const entries = z.object({
  container_images_template: z.array(
    z.looseObject({
      imagename: z.string(),
      image_source: z.string().optional(),
      params: z.array(z.string()).optional(),
      services: z.array(z.string()).optional(),
    }),
  ),
});

/** An entry of a rendered `container_images_template`. */
export type TemplateEntry = z.output<typeof entries>['container_images_template'][number];

/**
 * Renders TripleO's template of images. Stricter than Jinja2 is: what is written out has to be given. Mistakes are
 * collected, and nothing returned.
 */
export function renderTemplate(
  { file, text }: TemplateText,
  values: Substitutions,
  diagnostics: Diagnostics,
): TemplateEntry[] | undefined {
  const fail = (message: string, place: Place, hint?: string): undefined => {
    diagnostics.add({ code: 'template', message, place, hint });
    return undefined;
  };
  const reach = reachesOut(text);
  if (reach !== undefined) {
    const place = placeOf(file, text, reach.at, reach.word);
    return fail(
      `a template of images has no use for ${reach.word}`,
      place,
      'names, == and lists after "in" are enough',
    );
  }
  let rendered: string;
  try {
    rendered = environment().renderString(text, withMethods(values, text));
  } catch (error) {
    return explain(error, file, text, values, fail);
  }
  const made: Place = { file, line: 1, column: 1 };
  let value: unknown;
  try {
    value = parse(rendered);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return fail(`what the template makes is no YAML: ${why}`, made);
  }
  const checked = entries.safeParse(value);
  if (checked.success) return checked.data.container_images_template;
  const [issue] = checked.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${wordPath(issue.path.map(step))}: `;
  return fail(`what the template makes is no list of images: ${where}${issue?.message ?? ''}`, made);
}

/**
 * Where a template reaches further than into its substitutions. nunjucks compiles it to a function, and gives the
 * prototypes of what it names by `.constructor`, or by a computed key: a way to run anything.
 */
function reachesOut(text: string): { readonly at: number; readonly word: string } | undefined {
  const plain = text.replace(/\bin\s*\[(?:\s*(?:"[^"\\]*"|'[^'\\]*')\s*,?)*\s*\]/g, (list) => ' '.repeat(list.length));
  const found = /\b(?:constructor|prototype|__\w+__)\b/.exec(text) ?? /(?<=[\w)\]"'])\s*\[/.exec(plain);
  if (found === null) return undefined;
  const word = found[0].trim();
  return { at: text.indexOf(word, found.index), word };
}

function step(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key);
}

/** nunjucks is loaded where there is a template: few lists are one. */
function environment(): Environment {
  const nunjucks: typeof import('nunjucks') = createRequire(import.meta.url)('nunjucks');
  const made = new nunjucks.Environment(null, { autoescape: false, throwOnUndefined: true });
  made.addGlobal('None', null);
  made.addGlobal('True', true);
  made.addGlobal('False', false);
  return made;
}

/** Texts with the methods of Python's that older templates call on them. Empty ones stay as they are, to be false. */
function withMethods(values: Substitutions, text: string): Record<string, unknown> {
  const called = new Set([...text.matchAll(/(\w+)\.(?:ends|starts)with\(/g)].map(([, name]) => name));
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value && called.has(key) ? new PythonText(value) : value]),
  );
}

class PythonText extends String {
  endswith(end: string): boolean {
    return this.endsWith(end);
  }
  startswith(start: string): boolean {
    return this.startsWith(start);
  }
}

function explain(
  error: unknown,
  file: string,
  text: string,
  values: Substitutions,
  fail: (message: string, place: Place, hint?: string) => undefined,
): undefined {
  const message = error instanceof Error ? error.message : String(error);
  const line = Number(/\[Line (\d+)/.exec(message)?.[1] ?? 1);
  const start = text.split('\n', line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  if (message.includes('null or undefined value')) {
    for (const { 1: name = '', index } of text.slice(start).matchAll(/\{\{-?\s*(\w+)/g)) {
      if (values[name] == null)
        return fail(
          `the template uses ${name}, which is not set`,
          placeOf(file, text, text.indexOf(name, start + index), name),
          `give it as a substitution: ${name}=VALUE`,
        );
    }
  }
  const why =
    message
      .split('\n')
      .at(-1)
      ?.trim()
      .replace(/^(Template render )?error: /i, '') ?? '';
  return fail(`the template cannot be rendered: ${why}`, { file, line, column: 1 });
}

function placeOf(file: string, text: string, at: number, word: string): Place {
  const before = text.slice(0, at).split('\n');
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, length: word.length };
}
