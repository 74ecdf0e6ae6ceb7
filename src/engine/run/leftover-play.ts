import type { Play, PlayHost } from '../../model/play.js';
import type { RecordedTask } from '../../model/records.js';
import type { Resource } from '../../model/resource.js';
import type { Task } from '../../model/task.js';
import { sh } from '../../sh.js';
import type { Leftover } from '../records/named-things.js';
import type { LeftoverOptions, RunOptions } from './run-context.js';
import type { RunHosts } from './run-hosts.js';

/** Returns the name under which the result of a removal is registered. */
export function registeredAs(key: string): string {
  return `leftover ${key}`;
}

/**
 * Returns the play that reports what earlier runs made on the hosts and the site no longer names, or removes it; undefined
 * where there is nothing of the kind.
 */
export function leftoverPlay(
  plays: readonly Play[],
  hosts: RunHosts,
  options: LeftoverOptions,
  { force }: Pick<RunOptions, 'force'>,
): Play | undefined {
  const settings = new Map(plays.flatMap((play) => play.hosts.map((host): [string, PlayHost] => [host.name, host])));
  const concerned = hosts.ofPlays.filter(({ leftovers, isOut }) => leftovers.length > 0 && !isOut);
  if (concerned.length === 0) return undefined;
  return {
    name: 'what the site no longer names',
    hosts: concerned.flatMap(({ name }) => settings.get(name) ?? []),
    serial: [],
    maxFailPercentage: undefined,
    anyErrorsFatal: false,
    gatherFacts: true,
    program: ({ name }) => ({
      items: hosts.of(name).leftovers.map((leftover) => {
        const isByForce = leftover.removal.isOfList === true && (force || leftover.isForced);
        const removes = options.prune || isByForce;
        return removalTask(leftover, removes, options);
      }),
      handlers: [],
    }),
  };
}

function removalTask(leftover: Leftover, removes: boolean, options: LeftoverOptions): Task {
  const { key, role, removal } = leftover;
  const resource = made(removal, options) ?? unknownKind(key, removal.kind, 'remove it by hand');
  const handlers = (removal.handlers ?? []).map(({ name, ...task }): Task => {
    const handler = made(task, options) ?? unknownKind(name, task.kind, 'do by hand what the handler does');
    return { kind: 'task', name, resource: handler };
  });
  return {
    kind: 'task',
    name: describeKey(key),
    ...(role !== undefined && { role }),
    resource: removes ? resource : onlyReported(resource, leftover),
    ...(handlers.length > 0 && { notify: handlers }),
    register: registeredAs(key),
  };
}

function made(task: RecordedTask, { make }: LeftoverOptions): Resource | undefined {
  try {
    return make(task);
  } catch {
    return undefined; // Of another version, whose parameters were others.
  }
}

/** Resource that tells of what would be removed. */
function onlyReported(resource: Resource, { task }: Leftover): Resource {
  return {
    ...resource,
    plan: (state, host) => {
      const plan = resource.plan(state, host);
      if (plan.verdict !== 'change') return plan;
      const summary = `made by "${task}" in an earlier run, and the site no longer names it`;
      return { verdict: 'kept', summary, hint: '--prune removes it', origin: 'leftover' };
    },
  };
}

/** Resource for a task that can't be made again: of another version of this tool, or a kind of the site's own. */
function unknownKind(id: string, kind: string, hint: string): Resource {
  const summary = `recorded by an earlier run; there is no ${kind} with these parameters here`;
  return {
    kind,
    id,
    provides: [],
    needs: [],
    staging: 'skip',
    probe: () => sh`:`,
    parse: () => undefined,
    plan: () => ({ verdict: 'kept', summary, hint, origin: 'leftover' }),
  };
}

function describeKey(key: string): string {
  const [, path, entry] = /^entry:(\S+) (.*)$/s.exec(key) ?? [];
  if (path !== undefined) return `${entry} in ${path}`;
  return key.startsWith('path:') ? key.slice('path:'.length) : key.replace(':', ' ');
}
