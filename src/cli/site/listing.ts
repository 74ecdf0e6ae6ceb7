import { visibleLine } from '../../diagnostics/printable.js';
import { matchesTags, type TagChoice } from '../../engine/walk/tags.js';
import type { PlayListing } from '../../site/load.js';

/**
 * Returns the text of `--list-hosts`, `--list-tasks` and `--list-tags`, in Ansible's layout; only tasks that the tags
 * choose.
 */
export function listingText(
  site: string,
  plays: readonly PlayListing[],
  wanted: TagChoice & { readonly listHosts: boolean; readonly listTasks: boolean; readonly listTags: boolean },
): string {
  const blocks = plays.map((play, index) => {
    const tasks = play.tasks.filter((task) => matchesTags(task.tags, wanted));
    const lines = [`  play #${index + 1} (${visibleLine(play.name)})\tTAGS: [${joinNames(play.tags)}]`];
    if (wanted.listHosts) {
      lines.push(`    hosts (${play.hosts.length}):`, ...play.hosts.map((host) => `      ${visibleLine(host)}`));
    }
    if (wanted.listTasks) lines.push('    tasks:', ...tasks.map(taskLine));
    if (wanted.listTags) lines.push(`      TASK TAGS: [${joinNames(tagsOf(play, tasks))}]`);
    return `${lines.join('\n')}\n`;
  });
  return `\nplaybook: ${visibleLine(site)}\n\n${blocks.join('\n')}`;
}

function taskLine(task: PlayListing['tasks'][number]): string {
  const name = task.role === undefined ? task.name : `${task.role} : ${task.name}`;
  const known = task.stage ? ' (its tasks are known when it is reached)' : '';
  return `      ${visibleLine(name)}${known}\tTAGS: [${joinNames(task.tags)}]`;
}

function tagsOf(play: PlayListing, tasks: PlayListing['tasks']): string[] {
  return [...new Set([...play.tags, ...tasks.flatMap((task) => task.tags)])].sort();
}

function joinNames(words: readonly string[]): string {
  return visibleLine(words.join(', '));
}
