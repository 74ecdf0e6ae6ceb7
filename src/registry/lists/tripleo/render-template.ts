import { z } from 'zod';
import { type Diagnostic, Diagnostics } from '../../../diagnostics/diagnostic.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import { parseYaml } from '../../../diagnostics/yaml/yaml-file.js';
import { parseImageTemplate } from './template/read-template.js';
import { ImageTemplateError, type TemplateText } from './template/template-text.js';
import { type TemplateOutput, writeOut } from './template/write-out.js';

export type { TemplateText } from './template/template-text.js';

/** Values that a template is filled with: texts, true and false, and null for one that is not set. */
export type Substitutions = Readonly<Record<string, string | boolean | null>>;

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
 * Renders TripleO's template of images. It is data: nothing of it is executed, and of Jinja2 there is what such templates
 * use. Stricter than Jinja2 is: what is written out has to be given. Errors are collected, and nothing returned.
 */
export function renderTemplate(
  template: TemplateText,
  values: Substitutions,
  diagnostics: Diagnostics,
): TemplateEntry[] | undefined {
  let made: TemplateOutput;
  try {
    made = writeOut(parseImageTemplate(template), new Map(Object.entries(values)));
  } catch (error) {
    if (!(error instanceof ImageTemplateError)) throw error;
    const { message, place, hint } = error;
    diagnostics.add({ code: 'template', message, place, hint });
    return undefined;
  }
  return entriesOf(template.file, made, diagnostics);
}

function entriesOf(file: string, made: TemplateOutput, diagnostics: Diagnostics): TemplateEntry[] | undefined {
  const found = new Diagnostics();
  const source = parseYaml(file, made.text, found);
  const checked = source === undefined ? undefined : checkShape(entries, source.value, source, [], found);
  if (checked !== undefined && found.all.length === 0) return checked.container_images_template;
  const [first] = found.all;
  if (first !== undefined)
    diagnostics.add(inTemplate(first, made, source === undefined ? 'cannot be read' : 'is no list of images'));
  return undefined;
}

/** Returns the error of a template's output, at the place in the template that made this part of it. */
function inTemplate({ message, place, hint }: Diagnostic, made: TemplateOutput, verdict: string): Diagnostic {
  const { line = 1, column = 1 } = place ?? {};
  const lines = made.text.split('\n', line - 1);
  const offset = lines.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  return {
    code: 'template',
    message: `what the template makes ${verdict}: ${message}`,
    place: made.placeAt(offset),
    hint,
  };
}
