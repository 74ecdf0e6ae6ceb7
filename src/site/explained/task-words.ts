import type { Explanations } from './explanation.js';

/** Words that say when, how often and as whom a task is done. */
export const taskWords: Explanations = {
  name: { at: ['play', 'task', 'role'], means: 'What it is called in reports; may be a template.' },
  become: {
    at: ['play', 'task', 'role', 'inventory'],
    means: 'Done as another user, by sudo: root, or `become_user`.',
    ansible: 'There is sudo only. The password is asked once for all hosts (-K).',
  },
  become_user: { at: ['play', 'task', 'role', 'inventory'], means: 'The user to become; default: root.' },
  delegate_to: {
    at: ['task'],
    means:
      "Done on another host of the inventory, or localhost; templates see this host's variables and facts. One connection and lock a host for the whole run. What it registers is this host's.",
    ansible:
      'The resource sees the facts of the machine that it is done on (its package manager, say). What several hosts do there is done one after the other. That machine being unreachable fails the task. There is no delegate_facts.',
    example: '- file: {path: "/srv/pools/{{inventory_hostname}}"}\n  delegate_to: balancer1',
  },
  listen: {
    at: ['handler'],
    means: 'Topics that notify the handler beside its name; all handlers of a topic run, each once.',
    ansible: 'A handler still needs a name of its own.',
    example: '- name: reload web\n  listen: certificates\n  service: {name: nginx, state: reloaded}',
  },
  loop: {
    at: ['task', 'include_tasks', 'include_role'],
    means: 'Done once for each entry of a list, as `item`.',
    ansible: 'with_items and its like are not there. A registered loop has its results in `results`, as in Ansible.',
    example: '- directory: {path: "/srv/{{item}}"}\n  loop: [a, b]',
  },
  loop_control: {
    at: ['task', 'include_tasks', 'include_role'],
    means: '`loop_var`: another name than `item`. `label`: what reports show of an entry.',
  },
  notify: {
    at: ['task'],
    means: 'Names of handlers, or topics they listen to, that run at the next flush if this task changes something.',
    ansible: 'A name that no handler has is a mistake before the run. The notification survives an aborted run.',
  },
  register: {
    at: ['task'],
    means:
      'Keeps the result for later conditions and templates: changed, failed, skipped, kept, and what the resource says of its state.',
    ansible: "In check mode, what can't be known yet makes later tasks `unknown` instead of guessing.",
  },
  run_once: {
    at: ['play', 'task', 'role'],
    means: 'Done by the first host of the batch that is still at work; the others wait and get its result.',
  },
  tags: {
    at: ['play', 'task', 'role'],
    means: 'For --tags and --skip-tags, with always, never, tagged, untagged and all as in Ansible.',
    ansible: 'Those of include_tasks and include_role are handed down to what they include.',
  },
  vars: {
    at: ['play', 'task', 'role', 'import_tasks', 'include_tasks', 'include_role'],
    means: "Variables. Those of a task are over the play's, those of -e over all.",
  },
  when: {
    at: ['task', 'role', 'handler'],
    means:
      'An expression, or a list which must all hold: `made.changed`, `eq facts.os_family "debian"`, `and a (not b)`.',
    ansible:
      "Expressions are those of Handlebars; a mistake says how one of Jinja is written. For import_tasks, include_tasks and roles it is decided once, before the first of their tasks; Ansible's import_tasks asks it again before each.",
  },
};
