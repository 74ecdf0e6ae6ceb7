import { z } from 'zod';
import { conditions, fixed, fixedName, text, variables } from './value-schemas.js';
import type { WordTable } from './word.js';

const anyTask = ['task', 'handler', 'block', 'import_role', 'import_tasks', 'include_tasks', 'include_role'] as const;
const repeated = ['task', 'handler', 'include_tasks', 'include_role'] as const;

/** Words that say when, how often and with what a task is done. */
export const taskWords = {
  name: {
    at: [...anyTask, 'meta'],
    alsoAt: ['play', 'role'],
    schema: text,
    means: 'What it is called in reports; may be a template.',
  },
  delegate_to: {
    at: ['task', 'handler'],
    schema: z.string(),
    means:
      "Done on another host of the inventory, or localhost; templates see this host's variables and facts. One connection and lock a host for the whole run. What it registers is this host's.",
    ansible:
      'The resource sees the facts of the machine that it is done on (its package manager, say). What several hosts do there is done one after the other. That machine being unreachable fails the task. There is no delegate_facts.',
    example: '- file: {path: "/srv/pools/{{inventory_hostname}}"}\n  delegate_to: balancer1',
  },
  listen: {
    at: ['handler'],
    schema: z.array(fixedName),
    isList: true,
    means: 'Topics that notify the handler beside its name; all handlers of a topic run, each once.',
    ansible: 'A handler still needs a name of its own.',
    example: '- name: reload web\n  listen: certificates\n  service: {name: nginx, state: reloaded}',
  },
  loop: {
    at: repeated,
    schema: z.unknown(),
    means: 'Done once for each entry of a list, as `item`.',
    ansible: 'with_items and its like are not there. A registered loop has its results in `results`, as in Ansible.',
    example: '- directory: {path: "/srv/{{item}}"}\n  loop: [a, b]',
  },
  loop_control: {
    at: repeated,
    schema: z.strictObject({ loop_var: fixed.optional(), label: z.string().optional() }),
    means: '`loop_var`: another name than `item`. `label`: what reports show of an entry.',
  },
  notify: {
    at: ['task', 'handler', 'block'],
    schema: z.array(fixed),
    isList: true,
    means: 'Names of handlers, or topics they listen to, that run at the next flush if this task changes something.',
    ansible: 'A name that no handler has is an error before the run. The notification survives an aborted run.',
  },
  register: {
    at: ['task', 'handler'],
    schema: z.string().regex(/^[A-Za-z_]\w*$/, 'a name has letters, digits and _ only'),
    means:
      'Keeps the result for later conditions and templates: changed, failed, skipped, kept, and what the resource says of its state.',
    ansible: "In check mode, what can't be known yet makes later tasks `unknown` instead of guessing.",
  },
  vars: {
    at: ['play', 'role', ...anyTask],
    schema: variables,
    means: "Variables. Those of a task are over the play's, those of -e over all.",
  },
  when: {
    at: ['role', ...anyTask],
    schema: conditions,
    isList: true,
    means:
      'An expression, or a list which must all hold: `made.changed`, `eq facts.os_family "debian"`, `and a (not b)`.',
    ansible:
      "Expressions are those of Handlebars; an error says how one of Jinja is written. For import_tasks, include_tasks and roles it is decided once, before the first of their tasks; Ansible's import_tasks asks it again before each.",
  },
} as const satisfies WordTable;
