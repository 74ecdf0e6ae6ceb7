import { conditions, countOrTemplate, entries } from './value-schemas.js';
import type { WordTable } from './word.js';

/** Words about the outcome of a task, and what is done then. */
export const outcomeWords = {
  always: {
    at: ['block'],
    schema: entries,
    means: 'Tasks that run after those of the block and of its `rescue`, whatever became of them.',
  },
  block: {
    at: ['block'],
    alsoAt: ['task'],
    schema: entries,
    means: 'A list of tasks that share when, tags, become and vars, and that `rescue` and `always` belong to.',
    ansible:
      'Its `when` is decided once, when the block is reached. (Given a map, `block` is a resource: lines in a file.)',
    example:
      '- block:\n    - command: {cmd: ./upgrade, creates: /srv/new}\n  rescue:\n    - command: {cmd: ./back, removes: /srv/new}',
  },
  changed_when: {
    at: ['task', 'handler'],
    schema: conditions,
    isList: true,
    means: "Whether it counts as a change, in place of what was measured; sees the task's own result if registered.",
    ansible: 'Seldom needed: resources measure for themselves, and `command` has creates, removes and unless.',
  },
  delay: {
    at: ['task', 'handler'],
    schema: countOrTemplate,
    means: 'Seconds between two tries of `until` or `retries`; default 5.',
  },
  failed_when: {
    at: ['task', 'handler'],
    schema: conditions,
    isList: true,
    means: 'Whether it failed, in place of what was seen.',
    example: '- command: {cmd: grep -q x /etc/y, always: true}\n  register: found\n  failed_when: gt found.rc 1',
  },
  rescue: {
    at: ['block'],
    schema: entries,
    means: 'Tasks that run when one of the block fails; the host goes on if they succeed.',
  },
  retries: {
    at: ['task', 'handler'],
    schema: countOrTemplate,
    means: 'Tries after the first; default 3 with `until`.',
  },
  until: {
    at: ['task', 'handler'],
    schema: conditions,
    isList: true,
    means: 'Tried again until this holds of its result. Each try measures anew and acts on what it finds.',
    ansible: 'For waiting until something is there, the resource `wait` is shorter.',
    example: '- command: {cmd: ./ready, always: true}\n  register: ready\n  until: eq ready.rc 0\n  retries: 10',
  },
} as const satisfies WordTable;
