import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { readTextFile } from '../../diagnostics/read-text.js';
import type { Resource } from '../../model/resource.js';
import type { TaskItem } from '../../model/task.js';
import { isSealedFile } from '../../resources/content/file-content.js';
import { renderText } from '../../vars/template/template.js';
import { compileTemplate } from '../../vars/template/template-compile.js';
import { TemplateError, TooEarly, UndefinedName } from '../../vars/template/template-error.js';
import { Data } from '../../vars/template/template-value.js';
import type { RoleEntry } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { placeInFile } from '../render/place-within.js';

/**
 * Checks the templates of a role's tasks before any host is contacted: that each can be read, and that the role gives it
 * every name. Values may be others on the host, so that nothing is said of them.
 *
 * @param items the role's tasks, made of stand-in facts
 */
export function checkRoleTemplates(
  items: readonly TaskItem[],
  entry: RoleEntry,
  site: Pick<Site, 'files'>,
  diagnostics: Diagnostics,
): void {
  for (const resource of resourcesIn(items)) checkTemplate(resource, entry, site, diagnostics);
}

function checkTemplate(
  { template, kind, id }: Resource,
  { role }: RoleEntry,
  { files }: Pick<Site, 'files'>,
  diagnostics: Diagnostics,
): void {
  if (template === undefined) return;
  let path: string;
  let text: string;
  try {
    path = files.template(template.src);
    if (isSealedFile(path)) return; // Its task says so.
    text = readTextFile(path);
  } catch {
    return; // It may be another file on the host that the tasks are for.
  }
  const names = Object.keys(template.data);
  const scope = Object.fromEntries(names.map((name) => [name, new Data(template.data[name])]));
  try {
    renderText(text, scope);
  } catch (error) {
    if (!(error instanceof TemplateError) || error instanceof TooEarly) return;
    const at = placeInFile(path, text, error.offset);
    if (!(error instanceof UndefinedName)) {
      if (error.variable === undefined && isOfSyntax(text))
        diagnostics.add({ code: 'template', message: error.message, hint: error.hint, place: at });
      return;
    }
    const [root = ''] = error.path.split('.');
    if (names.includes(root)) return;
    const near = nearest(root, names);
    const meant = near === undefined ? '' : `did you mean ${near}? `;
    const message = `${root} is not defined: the role ${role.name} does not give it to ${kind} ${id}`;
    const hint = `${meant}a template of a role has the names of its \`data\`, and no others`;
    diagnostics.add({ code: 'undefined-variable', message, hint, place: at });
  }
}

/** Tells if a template cannot be read at all, whatever its values are. */
function isOfSyntax(text: string): boolean {
  try {
    compileTemplate(text, 'text');
    return false;
  } catch {
    return true;
  }
}

function resourcesIn(items: readonly TaskItem[]): readonly Resource[] {
  return items.flatMap((item): readonly Resource[] => {
    switch (item.kind) {
      case 'task': {
        const handlers = (item.notify ?? []).filter((handler) => typeof handler !== 'string');
        return [item.resource, ...handlers.map(({ resource }) => resource)];
      }
      case 'block':
        return resourcesIn([...item.tasks, ...(item.rescue ?? []), ...(item.always ?? [])]);
      default:
        return [];
    }
  });
}
