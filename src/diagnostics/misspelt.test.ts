import { expect, test } from 'vitest';
import { misspeltOf } from './misspelt.js';

const names = [
  'registry_port',
  'registry_runtime',
  'docker_insecure_registries',
  'host',
  'port',
  'user',
  'identity_file',
];

test.each([
  ['registry_prot', 'registry_port'],
  ['registry_runtim', 'registry_runtime'],
  ['registry_rumtine', 'registry_runtime'],
  ['docker_insecure_registry', 'docker_insecure_registries'],
  ['Registry_Port', 'registry_port'],
  ['prot', 'port'],
  ['usr', 'user'],
  ['hsot', 'host'],
  ['identity_fil', 'identity_file'],
  ['idnetity_fille', 'identity_file'],
])('%s is %s, misspelt', (name, meant) => {
  expect(misspeltOf(name, names)).toBe(meant);
});

test.each([
  'registry_host',
  'registry_name',
  'registry_listen',
  'registry_storage',
  'ports',
  'users',
  'hosts',
  'post',
  'cost',
  'home',
  'sort',
  'use_port',
  'name',
])('%s is a name of its own', (name) => {
  expect(misspeltOf(name, names)).toBeUndefined();
});
