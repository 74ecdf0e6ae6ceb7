import { isChosen, type TagChoice } from '../engine/tags.js';
import type { PlayListing } from '../site/load.js';

/** What `--list-hosts`, `--list-tasks` and `--list-tags` print, laid out as Ansible lays it out; only tasks that the tags choose. */
export function listing(
  site: string,
  plays: readonly PlayListing[],
  wanted: TagChoice & { readonly listHosts: boolean; readonly listTasks: boolean; readonly listTags: boolean },
): string {
  const blocks = plays.map((play, index) => {
    const tasks = play.tasks.filter((task) => isChosen(task.tags, wanted));
    const lines = [`  play #${index + 1} (${play.name})\tTAGS: [${play.tags.join(', ')}]`];
    if (wanted.listHosts) {
      lines.push(`    hosts (${play.hosts.length}):`, ...play.hosts.map((host) => `      ${host}`));
    }
    if (wanted.listTasks) lines.push('    tasks:', ...tasks.map(taskLine));
    if (wanted.listTags) lines.push(`      TASK TAGS: [${tagsOf(play, tasks).join(', ')}]`);
    return `${lines.join('\n')}\n`;
  });
  return `\nplaybook: ${site}\n\n${blocks.join('\n')}`;
}

function taskLine(task: PlayListing['tasks'][number]): string {
  const name = task.role === undefined ? task.name : `${task.role} : ${task.name}`;
  const known = task.stage ? ' (its tasks are known when it is reached)' : '';
  return `      ${name}${known}\tTAGS: [${task.tags.join(', ')}]`;
}

function tagsOf(play: PlayListing, tasks: PlayListing['tasks']): string[] {
  return [...new Set([...play.tags, ...tasks.flatMap((task) => task.tags)])].sort();
}
