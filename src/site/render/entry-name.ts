import type { Task } from '../../model/task.js';
import { renderValue } from '../../vars/template/template.js';
import { TemplateError } from '../../vars/template/template-error.js';
import type { BlockEntry, IncludeEntry, TaskEntry } from '../blueprint/blueprint.js';
import type { EntryRenderer } from './entry-renderer.js';

/** Returns the name of an entry, rendered where that is possible; one of a loop names its item. */
export function entryName(
  { entry, scope }: EntryRenderer<TaskEntry | IncludeEntry | BlockEntry>,
  otherwise: string,
  loop: Task['loop'],
): string {
  if (loop !== undefined && entry.words.no_log) {
    return `${entry.title ?? otherwise} (item ${loop.index + 1} of ${loop.count})`;
  }
  const render = (text: string): string => {
    try {
      const value = renderValue(text, scope);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : text;
    } catch (error) {
      if (error instanceof TemplateError) return text;
      throw error;
    }
  };
  const name = entry.title === undefined ? otherwise : render(entry.title);
  if (loop === undefined) return name;
  const label = entry.kind === 'block' ? undefined : entry.loopLabel;
  return `${name} (item=${label === undefined ? itemLabel(loop.item) : render(label)})`;
}

function itemLabel(item: unknown): string {
  const text = typeof item === 'object' ? JSON.stringify(item) : String(item);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
