import type { ServiceJobEvent } from '../../../../../src/service-client/service-types.js';
import type { Translate } from '../../../kernel/messages.js';
import { describeEvent, type EventText } from './describe-event.js';
import type { HostGroup, OutputLine, TaskGroup } from './output-rows.js';

/** Name of the group of what is about no host. */
const runGroup = '';

/**
 * Output of a job: its events as lines, in the order in which they came, and by host and task. An event counts once, in its order,
 * however often the stream was cut. What is added costs the same however much is there.
 */
export class EventLog {
  readonly lines: OutputLine[] = [];
  readonly hosts: HostGroup[] = [];
  /** Number of the last event. */
  last = 0;
  /** Number of rows that are shown by host and task: heads, and lines of what is open. */
  rows = 0;
  readonly #hosts = new Map<string, HostGroup>();
  readonly #tasks = new Map<string, TaskGroup>();
  readonly #t: Translate;

  constructor(t: Translate) {
    this.#t = t;
  }

  /** Takes an event. @returns false: it is known already */
  add({ sequence, event }: ServiceJobEvent): boolean {
    if (sequence <= this.last) return false;
    this.last = sequence;
    for (const text of describeEvent(event, this.#t)) this.#take(sequence, text);
    return true;
  }

  /** Opens or closes a host or a task. */
  toggle(group: HostGroup | TaskGroup): void {
    const host = 'tasks' in group ? group : group.host;
    const former = shownOf(host);
    group.isOpen = !group.isOpen;
    if ('lines' in group) {
      group.isChosen = true;
      host.inside += group.isOpen ? group.lines.length : -group.lines.length;
    }
    this.rows += shownOf(host) - former;
  }

  /** Opens or closes all hosts, and with them all tasks. */
  toggleAll(isOpen: boolean): void {
    for (const host of this.hosts) {
      if (host.isOpen !== isOpen) this.toggle(host);
      for (const task of host.tasks) if (task.isOpen !== isOpen) this.toggle(task);
    }
  }

  #take(
    sequence: number,
    { host: name = runGroup, task: key, line, outcome, name: title, seconds, summary }: EventText,
  ) {
    const host = this.#host(name);
    const former = shownOf(host);
    const task = this.#task(host, key ?? '', title ?? '');
    if (outcome !== undefined) {
      task.outcome = outcome;
      task.summary = summary ?? '';
      task.seconds = seconds;
      host.counts[outcome] = (host.counts[outcome] ?? 0) + 1;
      const isBad = outcome === 'failed';
      if (isBad) host.isOpen = true;
      if (isBad !== task.isOpen && !task.isChosen) {
        host.inside += isBad ? task.lines.length : -task.lines.length;
        task.isOpen = isBad;
      }
    }
    if (line !== undefined) {
      const added: OutputLine = { sequence, task, text: line.text, tone: line.tone };
      this.lines.push(added);
      task.lines.push(added);
      if (line.tone === 'bad') host.isOpen = true;
      if (task.isOpen) host.inside += 1;
    }
    this.rows += shownOf(host) - former;
  }

  #host(name: string): HostGroup {
    const found = this.#hosts.get(name);
    if (found !== undefined) return found;
    // The first host stands open; of the others those that fail.
    const isOpen = name === runGroup || this.hosts.every((each) => each.name === runGroup);
    const host: HostGroup = { name, tasks: [], counts: {}, isOpen, inside: 0 };
    this.#hosts.set(name, host);
    this.hosts.push(host);
    this.rows += 1;
    return host;
  }

  #task(host: HostGroup, key: string, name: string): TaskGroup {
    const id = `${host.name}\n${key}`;
    const found = this.#tasks.get(id);
    if (found !== undefined) return found;
    // What is under way stands open until it has ended well.
    const task: TaskGroup = {
      host,
      name,
      searched: `${host.name}\n${name}`.toLowerCase(),
      lines: [],
      isOpen: true,
      isChosen: false,
      outcome: undefined,
      summary: '',
      seconds: undefined,
    };
    this.#tasks.set(id, task);
    host.tasks.push(task);
    host.inside += 1;
    return task;
  }
}

/** Returns the rows that a host takes. */
function shownOf({ isOpen, inside }: HostGroup): number {
  return isOpen ? 1 + inside : 1;
}
