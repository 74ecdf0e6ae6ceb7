import type { DriftTask, HostFindings } from './run-findings.js';

/** Role that sets registries up. */
const role = 'registry-setup';

/** Registry of a host, as tasks name it. */
interface NamedRegistry {
  readonly name: string;
  readonly port: number;
}

/**
 * Returns what a host's findings say of one of its registries: the tasks of the role that name it, and those that name none of
 * them, which are for all.
 */
export function findingsOfRegistry(
  findings: HostFindings,
  registry: NamedRegistry,
  all: readonly NamedRegistry[],
): HostFindings {
  const tasks = findings.tasks.filter((task) => {
    if (task.task === '') return true; // Of the host as a whole.
    if (task.role !== role) return false;
    const named = all.filter((each) => names(task, each));
    return named.length === 0 || named.includes(registry);
  });
  return { ...findings, tasks, count: tasks.length };
}

function names({ task, summary, diff }: DriftTask, { name, port }: NamedRegistry): boolean {
  const words = new Set(
    `${task} ${summary} ${diff?.label ?? ''}`.split(/[^\w.-]+|\.(?=\s|$)|\.(?:yml|json|service)\b/),
  );
  return words.has(name) || words.has(String(port));
}
