import type { Explanations } from './explanation.js';

/** Words that stand for other tasks, and what belongs to them. */
export const structureExplanations: Explanations = {
  import_role: {
    at: ['task'],
    means: 'The tasks of a role, here: a name, or {name, vars}. Takes when, tags, become, run_once.',
    ansible: 'Its condition is decided once. There is no tasks_from: a role is a function, not a folder of files.',
    example: '- import_role: {name: nfs-export, vars: {nfs_exports: []}}',
  },
  import_tasks: {
    at: ['task', 'handlers'],
    means:
      'The tasks of a file, here. It is read and checked with the site; looked for beside the file that names it, then beside the site, and in tasks/ there. tags, become and vars are handed down.',
    ansible:
      'Its condition is decided once, before the first task. Ansible copies it to every task and asks it again, so that a task can switch off those behind it.',
    example: '- import_tasks: docker.yaml\n  when: eq facts.os_family "debian"',
  },
  include_role: {
    at: ['task'],
    means: 'A role whose name may be a template, and which may be repeated with `loop`. Otherwise as import_role.',
    ansible: 'tags are handed down to its tasks; `apply` and `public` are not needed.',
    example: '- include_role: {name: "{{engine}}-config"}',
  },
  include_tasks: {
    at: ['task', 'handlers'],
    means:
      'The tasks of a file whose name may be a template, and which may be repeated with `loop`. Names known from the inventory are read and checked before the run; results of tasks are not known then.',
    ansible: 'tags are handed down to its tasks; a file cannot include itself.',
    example: '- include_tasks: "{{facts.os_family}}.yaml"',
  },
  file: { at: ['import_tasks', 'include_tasks'], means: 'The file, where `import_tasks` has a map.' },
  meta: {
    at: ['task'],
    means: '`flush_handlers`: handlers that are due run here. `noop`: nothing. The others are refused.',
    example: '- meta: flush_handlers',
  },
  role: { at: ['roles'], means: 'The name of a role: of this package, or a folder in roles/ beside the site.' },
};

/** Words by which a task stands for something else than a resource. */
export const structureWords: readonly string[] = Object.entries(structureExplanations)
  .filter(([, { at }]) => at.includes('task'))
  .map(([word]) => word);
