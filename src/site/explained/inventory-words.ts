import type { Explanations } from '../words/explanation.js';

/** Variables that say how a host is reached. Names of Ansible's that mean the same are in inventory/settings/setting-names.ts. */
export const inventoryWords: Explanations = {
  host: { at: ['inventory'], means: 'Name or address to dial; default: the name in the inventory.' },
  port: { at: ['inventory'], means: 'Port of sshd; default: what ~/.ssh/config says, else 22.' },
  user: { at: ['inventory'], means: 'Who to log in as; default: what ~/.ssh/config says, else you.' },
  connection: { at: ['inventory'], means: 'ssh, or local for this machine.' },
  identity_file: { at: ['inventory'], means: 'Private key to log in with, or a list of them.' },
  known_hosts_file: { at: ['inventory'], means: 'known_hosts to use instead of your own.' },
  accept_new: { at: ['inventory'], means: 'An unknown host key is remembered instead of refused.' },
  password: { at: ['inventory'], means: 'Password to log in with; belongs into a vault.' },
  become_password: { at: ['inventory'], means: 'Password for sudo; belongs into a vault. -K asks for it.' },
  root: {
    at: ['inventory'],
    means: 'Folder to stage into: every path lies below it, packages and services are left out.',
  },
  connect_timeout: { at: ['inventory'], means: 'Seconds to connect; default 10.' },
  connect_retries: {
    at: ['inventory'],
    means:
      'More attempts to connect, each after a longer pause, where a host refuses, closes or does not answer; default 1.',
  },
  all: { at: ['inventory'], means: 'The group that every host is in.' },
  children: { at: ['inventory'], means: 'Groups in a group.' },
};

/** Names that every template may use. */
export const templateNames: Explanations = {
  facts: { at: ['template'], means: 'What the host said of itself: os_family, os_version, arch, addresses, ….' },
  group_names: { at: ['template'], means: 'Groups that the host is in.' },
  groups: { at: ['template'], means: 'Hosts of each group.' },
  hostvars: {
    at: ['template'],
    means: 'Variables of any host, by its name.',
    ansible: 'Facts of other hosts are not among them.',
  },
  inventory_hostname: { at: ['template'], means: "The host's name in the inventory." },
  inventory_hostname_short: { at: ['template'], means: 'That name up to its first dot.' },
  item: { at: ['template'], means: 'The entry of the loop at hand.' },
  omit: { at: ['template'], means: 'Leaves a parameter out: `mode: "{{default mode omit}}"`.' },
  playbook_dir: { at: ['template'], means: 'Folder of the site.' },
};
