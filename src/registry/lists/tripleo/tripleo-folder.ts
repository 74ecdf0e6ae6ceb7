import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { readOrReport } from '../../../diagnostics/read-or-report.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import { parseYaml, type YamlPath, type YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import { textAt } from '../yaml-text.js';
import type { Substitutions, TemplateText } from './render-template.js';

/** Names of the template in TripleO's folder of images, that which a release takes first: the second is from before Train. */
const templates = ['tripleo_containers.yaml.j2', 'overcloud_containers.yaml.j2'];

const defaultsFile = 'container_image_prepare_defaults.yaml';

/** Substitutions as a file has them. */
export const writtenSubstitutions = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const shape = z.looseObject({
  parameter_defaults: z.looseObject({
    ContainerImagePrepare: z.array(z.looseObject({ set: writtenSubstitutions.nullish() })).min(1),
  }),
});

/** Returns substitutions as they are written: 13.0 is text, true and false are not. */
export function substitutionsAt(
  source: YamlSource,
  path: YamlPath,
  written: z.output<typeof writtenSubstitutions> | null | undefined,
): Substitutions {
  return Object.fromEntries(
    Object.entries(written ?? {}).map(([key, value]) => [
      key,
      typeof value === 'boolean' ? value : (textAt(source, [...path, key], value) ?? null),
    ]),
  );
}

/**
 * Reads the substitutions that a release of TripleO (Rocky and later) has beside its template: those of the first entry
 * of its defaults. Undefined where there is no such file.
 */
export function defaultsBeside(
  { folder }: Pick<TemplateText, 'folder'>,
  diagnostics: Diagnostics,
): Substitutions | undefined {
  const file = folder === undefined ? undefined : join(folder, defaultsFile);
  if (file === undefined || !existsSync(file)) return undefined;
  const text = readOrReport(file, diagnostics, { besides: 'none' });
  const source = text === undefined ? undefined : parseYaml(file, text, diagnostics);
  if (source === undefined) return undefined;
  const [first] =
    checkShape(shape, source.value, source, [], diagnostics)?.parameter_defaults.ContainerImagePrepare ?? [];
  return first === undefined
    ? undefined
    : substitutionsAt(source, ['parameter_defaults', 'ContainerImagePrepare', 0, 'set'], first.set);
}

/** Finds the template in a folder: that of the release, where the folder is TripleO's own. */
export function templateIn(folder: string | undefined): string | undefined {
  const paths = folder === undefined ? [] : templates.map((name) => join(folder, name));
  return paths.find((path) => existsSync(path));
}
