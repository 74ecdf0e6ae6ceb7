import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import { readYaml } from '../../../diagnostics/yaml/yaml-file.js';
import { accessRules } from './access-schema.js';
import type { AccessRule } from './rights.js';

/** Reads a file of rights, YAML or JSON. @throws InputError with every error and its place */
export function readAccessRules(file: string): readonly AccessRule[] {
  const diagnostics = new Diagnostics();
  const source = readYaml(file, diagnostics);
  const rules = source === undefined ? undefined : checkShape(accessRules, source.value ?? [], source, [], diagnostics);
  diagnostics.throwIfAny();
  return rules ?? [];
}
