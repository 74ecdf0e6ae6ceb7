export type LineTone = 'plain' | 'good' | 'bad' | 'warn' | 'muted';

/** Line of a job's output. */
export interface OutputLine {
  readonly sequence: number;
  readonly task: TaskGroup;
  readonly text: string;
  readonly tone: LineTone;
}

/** Task on a host, with its lines. */
export interface TaskGroup {
  readonly host: HostGroup;
  /** Empty: lines that belong to no task. */
  readonly name: string;
  readonly lines: OutputLine[];
  /** Its host and its name in small letters. */
  readonly searched: string;
  isOpen: boolean;
  /** True: the reader has opened or closed it. */
  isChosen: boolean;
  /** Undefined: it is under way. */
  outcome: string | undefined;
  summary: string;
  seconds: number | undefined;
}

/** Host with its tasks; the one without a name has what is about the whole run. */
export interface HostGroup {
  readonly name: string;
  readonly tasks: TaskGroup[];
  /** Tasks by their outcomes. */
  readonly counts: Record<string, number>;
  isOpen: boolean;
  /** Rows below it when it is open. */
  inside: number;
}

/** Row of what is shown. */
export type OutputRow =
  | { readonly kind: 'host'; readonly host: HostGroup }
  | { readonly kind: 'task'; readonly task: TaskGroup }
  | { readonly kind: 'line'; readonly line: OutputLine; readonly isAlone: boolean };

/** Returns some rows of an output by host and task, from one on. Closed groups are passed in one step. */
export function rowsOf(hosts: readonly HostGroup[], start: number, count: number): OutputRow[] {
  const rows: OutputRow[] = [];
  let at = 0;
  const take = (row: OutputRow) => {
    if (at >= start) rows.push(row);
    at += 1;
  };
  for (const host of hosts) {
    const size = host.isOpen ? 1 + host.inside : 1;
    if (at + size <= start) {
      at += size;
      continue;
    }
    take({ kind: 'host', host });
    if (host.isOpen) {
      for (const task of host.tasks) {
        if (rows.length >= count) return rows;
        const lines = task.isOpen ? task.lines.length : 0;
        if (at + 1 + lines <= start) {
          at += 1 + lines;
          continue;
        }
        take({ kind: 'task', task });
        if (!task.isOpen) continue;
        const first = Math.max(0, start - at);
        at += first;
        for (const line of task.lines.slice(first, first + count - rows.length)) {
          take({ kind: 'line', line, isAlone: false });
        }
        if (rows.length >= count) return rows;
      }
    }
    if (rows.length >= count) return rows;
  }
  return rows;
}
