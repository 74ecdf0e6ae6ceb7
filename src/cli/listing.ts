import type { PlayListing } from '../site/load.js';

/** What `--list-hosts`, `--list-tasks` and `--list-tags` print, laid out as Ansible lays it out. */
export function listing(
  site: string,
  plays: readonly PlayListing[],
  wanted: { readonly listHosts: boolean; readonly listTasks: boolean; readonly listTags: boolean },
): string {
  const blocks = plays.map((play, index) => {
    const lines = [`  play #${index + 1} (${play.name})\tTAGS: [${play.tags.join(', ')}]`];
    if (wanted.listHosts) {
      lines.push(`    hosts (${play.hosts.length}):`, ...play.hosts.map((host) => `      ${host}`));
    }
    if (wanted.listTasks) lines.push('    tasks:', ...play.tasks.map(taskLine));
    if (wanted.listTags) lines.push(`      TASK TAGS: [${allTags(play).join(', ')}]`);
    return `${lines.join('\n')}\n`;
  });
  return `\nplaybook: ${site}\n\n${blocks.join('\n')}`;
}

function taskLine(task: PlayListing['tasks'][number]): string {
  const name = task.role === undefined ? task.name : `${task.role} : ${task.name}`;
  const known = task.stage ? ' (its tasks are known when it is reached)' : '';
  return `      ${name}${known}\tTAGS: [${task.tags.join(', ')}]`;
}

function allTags(play: PlayListing): string[] {
  return [...new Set([...play.tags, ...play.tasks.flatMap((task) => task.tags)])].sort();
}
