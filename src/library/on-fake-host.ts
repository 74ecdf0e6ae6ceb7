import type { HostContext, Resource } from '../model/resource.js';
import type { Task, TaskItem } from '../model/task.js';
import { type Sh, sh } from '../sh.js';
import type { FakeHost } from './fake-host.js';

/** Returns tasks for a fake host: those of files with its facts, all others recorded instead of done. */
export function onFakeHost(items: readonly TaskItem[], host: FakeHost): readonly TaskItem[] {
  const handlers = new Map<Task, Task>();
  const handlerOn = (task: Task): Task => {
    const made = handlers.get(task) ?? taskOn(task, true);
    handlers.set(task, made);
    return made;
  };
  const taskOn = (task: Task, isHandler: boolean): Task => {
    const isFile = task.resource.staging === 'path';
    const resource = isFile ? withFacts(task.resource, host) : recordedResource(task, host, isHandler);
    if (task.notify === undefined) return { ...task, resource };
    return { ...task, resource, notify: task.notify.map((to) => (typeof to === 'string' ? to : handlerOn(to))) };
  };
  const itemOn = (item: TaskItem): TaskItem => {
    switch (item.kind) {
      case 'task':
        return taskOn(item, false);
      case 'stage':
        return { ...item, tasks: async (results) => (await item.tasks(results)).map(itemOn) };
      case 'block':
        return {
          ...item,
          tasks: item.tasks.map(itemOn),
          ...(item.rescue && { rescue: item.rescue.map(itemOn) }),
          ...(item.always && { always: item.always.map(itemOn) }),
        };
      case 'flush':
      case 'skipped':
        return item;
    }
  };
  return items.map(itemOn);
}

function withFacts(resource: Resource, { facts }: FakeHost): Resource {
  const on = (host: HostContext): HostContext => ({ ...host, facts });
  const { look } = resource;
  return {
    ...resource,
    probe: (host) => resource.probe(on(host)),
    parse: (reply, host) => resource.parse(reply, on(host)),
    plan: (state, host) => resource.plan(state, on(host)),
    ...(look !== undefined && {
      look: (state, session) => look.call(resource, state, { ...session, host: on(session.host) }),
    }),
  };
}

/** Returns a resource that only records its task. A handler is an action, which is due again each time. */
function recordedResource(task: Task, { memory }: FakeHost, isAction: boolean): Resource<boolean> {
  const { kind, id, provides, needs } = task.resource;
  const what = `${kind} ${id}`;
  const key = `${what}\0${task.name}`;
  return {
    kind,
    id,
    provides,
    needs,
    staging: 'path',
    probe: () => sh`:`,
    parse: () => !isAction && memory.isDone(key, what),
    plan: (done) =>
      done
        ? { verdict: 'ok' }
        : {
            verdict: 'change',
            summary: 'recorded',
            apply: { via: 'sh', script: outputScript(memory.resultOf(task.name)) },
            verify: () => {
              memory.record(key, what);
              return undefined;
            },
          },
    result: () => memory.resultOf(task.name),
  };
}

/** Returns a script with the output and exit status that a task shall have. */
function outputScript({ stdout = '', stderr = '', rc = 0 }: Readonly<Record<string, unknown>>): Sh {
  return sh`printf %s ${String(stdout)}; printf %s ${String(stderr)} >&2; exit ${Number(rc)}`;
}
