import { type Diagnostic, InputError } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { startPlayAt, taskNameTest } from '../../engine/walk/start-at.js';
import type { Play } from '../../model/play.js';
import type { LoadedSite } from '../../site/load.js';

/**
 * Returns the plays that `--start-at-task` leaves: from the first that has the task, starting with it.
 *
 * @throws InputError where no play has a task of that name
 */
export function playsFrom(name: string, site: LoadedSite, none: (host: string) => void): readonly Play[] {
  const isMeant = taskNameTest(name);
  const index = site.listing.findIndex(({ hosts, tasks }) => hosts.length > 0 && tasks.some(isMeant));
  const [first, ...rest] = index < 0 ? [] : site.plays.slice(index);
  if (first === undefined) throw new InputError([unknownTask(name, site)]);
  return [startPlayAt(first, isMeant, none), ...rest];
}

function unknownTask(name: string, { listing }: LoadedSite): Diagnostic {
  const hostless = listing.find(({ tasks }) => tasks.some(taskNameTest(name)));
  if (hostless !== undefined) {
    const message = `--start-at-task: the play that has "${name}" has no hosts: ${hostless.name}`;
    return { code: 'start-at-task', message, hint: 'see --limit and the inventory' };
  }
  const tasks = listing.flatMap((play) => play.tasks);
  const near = nearest(
    name,
    tasks.flatMap((task) => [task.name, ...(task.role === undefined ? [] : [`${task.role} : ${task.name}`])]),
  );
  return {
    code: 'start-at-task',
    message: `--start-at-task: there is no task named "${name}"`,
    hint: near === undefined ? '--list-tasks lists them; * and ? stand for anything' : `did you mean "${near}"?`,
  };
}
