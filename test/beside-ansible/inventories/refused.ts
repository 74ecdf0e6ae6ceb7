import type { InventoryCase } from './same.js';

/** An inventory that is a mistake here, with a part of what is said about it. */
export interface RefusedCase extends InventoryCase {
  readonly message: string;
}

/** What Ansible passes over, mostly in silence or with a warning, and what is a mistake here. */
export const refusedHere: Readonly<Record<string, RefusedCase>> = {
  'an unknown key of a group': {
    files: { 'i.yaml': 'web: {hosts: {h: }, host: {x: }}\n' },
    sources: ['i.yaml'],
    message: 'unknown key "host"',
  },
  'a key that is there twice': {
    files: { 'i.yaml': 'web: {hosts: {h: {x: 1, x: 2}}}\n' },
    sources: ['i.yaml'],
    message: 'keys must be unique',
  },
  'a port where a host is named again': {
    files: { hosts: 'h\n[web]\nh:2222\n' },
    sources: ['hosts'],
    message: 'its port is not used',
  },
  'two files for one group': {
    files: { hosts: '[web]\nh\n', 'group_vars/web.yml': 'a: 1\n', 'group_vars/web.yaml': 'a: 2\n' },
    sources: ['hosts'],
    message: 'this file is not read',
  },
  'a priority in group_vars': {
    files: { hosts: '[web]\nh\n', 'group_vars/web.yml': 'ansible_group_priority: 2\n' },
    sources: ['hosts'],
    message: 'ansible_group_priority has no effect here',
  },
  'a comment that cuts a word short': {
    files: { hosts: 'h ansible_password=ab#cd\n' },
    sources: ['hosts'],
    message: 'cut "ansible_password=ab" short',
  },
  'a range of numbers that begins after its end': {
    files: { hosts: 'h[3:1]\n' },
    sources: ['hosts'],
    message: '[3:1] begins after its end',
  },
  'ungrouped as the child of a group': {
    files: { hosts: 'h\n[web:children]\nungrouped\n' },
    sources: ['hosts'],
    message: 'ungrouped cannot be its child',
  },
  'ungrouped with a child': {
    files: { hosts: '[ungrouped:children]\nweb\n[web]\nh\n' },
    sources: ['hosts'],
    message: 'web cannot be its child',
  },
  'an inventory that is not there, beside one that is': {
    files: { hosts: 'h\n' },
    sources: ['hosts', 'nowhere'],
    message: 'no such file',
  },
};

/** What Ansible refuses as well: it warns, leaves out the whole file, and goes on with exit status 0. */
export const refusedByBoth: Readonly<Record<string, RefusedCase>> = {
  'a ring of groups': {
    files: { hosts: '[a:children]\nb\n[b:children]\nc\n[c:children]\na\n[a]\nh\n' },
    sources: ['hosts'],
    message: 'is its own child',
  },
  'a ring of groups in YAML': {
    files: { 'i.yaml': 'a: {children: {b: {children: {a: }}}}\n' },
    sources: ['i.yaml'],
    message: 'is its own child',
  },
  'a child that is nowhere declared': {
    files: { hosts: '[a:children]\nb\n' },
    sources: ['hosts'],
    message: 'there is no group "b"',
  },
  'variables of a group that is nowhere declared': {
    files: { hosts: '[a:vars]\nx=1\n' },
    sources: ['hosts'],
    message: 'there is no group "a"',
  },
  'an unknown kind of section': { files: { hosts: '[a:hostz]\nx\n' }, sources: ['hosts'], message: 'unknown kind' },
  'blanks in a section': { files: { hosts: '[a b]\nx\n' }, sources: ['hosts'], message: 'no section' },
  'a quote that is not closed': { files: { hosts: 'h x="a\n' }, sources: ['hosts'], message: 'not closed' },
  'blanks beside the =': { files: { hosts: 'h x = 1\n' }, sources: ['hosts'], message: 'expected name=value' },
  'a word among variables of a group': {
    files: { hosts: '[a]\nh\n[a:vars]\nx\n' },
    sources: ['hosts'],
    message: 'expected name = value',
  },
  'a range without an end': { files: { hosts: 'h[1:]\n' }, sources: ['hosts'], message: 'a range is' },
  'a range of two widths': { files: { hosts: 'h[01:100]\n' }, sources: ['hosts'], message: 'equally wide' },
  'hosts as a list': { files: { 'i.yaml': 'a: {hosts: [h]}\n' }, sources: ['i.yaml'], message: 'expected a map' },
  'YAML by the name of INI': { files: { 'i.ini': 'all:\n  hosts:\n    h:\n' }, sources: ['i.ini'], message: 'YAML' },
};
