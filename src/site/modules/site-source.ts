import type { YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { ResourceKind } from '../../model/task.js';
import type { RoleCatalog } from './catalog.js';

/** A site that was read: its plays as YAML would give them, and the roles that it can name. */
export interface SiteSource {
  readonly source: YamlSource;
  readonly catalog: RoleCatalog;
  /** Resources that the site brings itself; they come before the package's own of the same names. */
  readonly kinds: readonly ResourceKind[];
}

/** Tells if a site's file is a module, rather than YAML. */
export function isModule(file: string): boolean {
  return /\.[mc]?[jt]s$/.test(file);
}
