import { z } from 'zod';
import { entries, fixed, flag } from './value-schemas.js';
import type { WordTable } from './word.js';

const batchSize = z.union([
  z.int().min(1),
  z.string().regex(/^[1-9]\d*%?$/, 'expected a number of hosts, or a share of them such as "30%"'),
]);

/** Words that a play has and its tasks don't. */
export const playWords = {
  any_errors_fatal: {
    at: ['play'],
    schema: flag,
    means: 'The run ends when a host has failed or was unreachable; tasks under way elsewhere are finished.',
    example: '- hosts: registries\n  any_errors_fatal: true',
  },
  connection: {
    at: ['play'],
    schema: z.enum(['ssh', 'local']),
    means: 'How its hosts are reached: ssh, or local for this machine. The inventory is stronger.',
    example: '- hosts: localhost\n  connection: local',
  },
  gather_facts: {
    at: ['play'],
    schema: flag,
    means: 'Accepted, and changes nothing: the facts come with the first request to a host, which is made anyway.',
    ansible: "Facts are under `facts` (facts.os_family, facts.arch) and, a dozen of them, under names of Ansible's.",
  },
  handlers: {
    at: ['play'],
    schema: entries,
    isList: true,
    means:
      'Tasks that run when others notify them: after pre_tasks, after roles with tasks, after post_tasks, and at `meta: flush_handlers`; each once, in the order of this list.',
    ansible:
      'What is due is recorded on the host before the change. If the run ends early, the next one runs it: force_handlers is not needed.',
    example: 'handlers:\n  - name: restart web\n    service: {name: nginx, state: restarted}',
  },
  hosts: {
    at: ['play'],
    schema: z.array(fixed),
    isList: true,
    means: 'A pattern of the inventory: hosts, groups, `a:b`, `a:!b`, `a:&b`, `web*`, `~regex`, or a list.',
    ansible: 'A name that matches nothing is a diagnostic, not a warning.',
  },
  max_fail_percentage: {
    at: ['play'],
    schema: z.number().min(0).max(100),
    means: 'The run ends when more than this share of a batch has failed or was unreachable.',
  },
  post_tasks: { at: ['play'], schema: entries, isList: true, means: 'Tasks after `roles` and `tasks`.' },
  pre_tasks: { at: ['play'], schema: entries, isList: true, means: 'Tasks before `roles` and `tasks`.' },
  roles: {
    at: ['play'],
    schema: entries,
    isList: true,
    means: 'Roles, before `tasks`: names, or maps with `role`, `vars`, `when`, `tags`.',
    ansible: 'Variables of a role stand under its `vars`, and are checked against the types that the role declares.',
    example: 'roles:\n  - role: registry-setup\n    vars: {registry_port: 5000}',
  },
  serial: {
    at: ['play'],
    schema: z.array(batchSize),
    isList: true,
    means: 'Sizes of batches: a number of hosts, or a share such as "30%"; a list for one after the other.',
  },
  tasks: { at: ['play'], schema: entries, isList: true, means: 'The tasks, after `roles`.' },
  vars_files: {
    at: ['play'],
    schema: z.array(fixed),
    isList: true,
    means: 'Files of variables, beside the site; later ones win, and `vars` over them.',
    ansible: 'A name is no template, and a file that is missing is a diagnostic.',
  },
} as const satisfies WordTable;
