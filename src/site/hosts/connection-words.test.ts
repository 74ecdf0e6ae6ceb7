import { describe, expect, it } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';
import { type SettingName, spellings } from '../../inventory/settings/setting-names.js';

const values: Readonly<Record<SettingName, unknown>> = {
  host: '192.0.2.9',
  port: 8080,
  user: 'someone',
  connection: 'local',
  identity_file: '/srv/key',
  known_hosts_file: '/srv/known',
  accept_new: true,
  password: 'of a database',
  become: true,
  become_user: 'app',
  become_password: 'another',
  root: '/srv/www',
  connect_timeout: 3,
  connect_retries: 2,
};
const words = Object.keys(spellings) as SettingName[];

/** Files and arguments that give a variable in a layer. */
const layers: Readonly<Record<string, (name: string, value: unknown) => LayerFiles>> = {
  'vars of a play': (name, value) => ({ play: { vars: { [name]: value } } }),
  vars_files: (name, value) => ({
    play: { vars_files: 'v.yaml' },
    files: { 'v.yaml': JSON.stringify({ [name]: value }) },
  }),
  'group_vars/all': (name, value) => ({ files: { 'group_vars/all.yaml': JSON.stringify({ [name]: value }) } }),
  'group_vars of a group': (name, value) => ({ files: { 'group_vars/web.yaml': JSON.stringify({ [name]: value }) } }),
  host_vars: (name, value) => ({ files: { 'host_vars/web1.yaml': JSON.stringify({ [name]: value }) } }),
  '-e': (name, value) => ({ extra: [JSON.stringify({ [name]: value })] }),
  'vars of a task': (name, value) => ({ task: { vars: { [name]: value } } }),
  'vars of a block': (name, value) => ({ block: { vars: { [name]: value } } }),
};

interface LayerFiles {
  readonly play?: Readonly<Record<string, unknown>>;
  readonly block?: Readonly<Record<string, unknown>>;
  readonly task?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly extra?: readonly string[];
}

async function settingsWith({ play, block, task, files = {}, extra = [] }: LayerFiles, name = 'inventory_hostname') {
  const inventory = { all: { children: { web: { hosts: { web1: {} } } } } };
  const only = { command: `echo {{${name}}}`, ...task };
  const site = [{ hosts: 'web', ...play, tasks: [block === undefined ? only : { block: [only], ...block }] }];
  const loaded = await load(
    { 'inventory.yaml': JSON.stringify(inventory), 'site.yaml': JSON.stringify(site), ...files },
    { extra },
  );
  expect(loaded.told).toBe('');
  return { settings: loaded.plays[0]?.hosts[0]?.settings, program: loaded.program('web1') };
}

describe('a word that is a setting in an inventory is a variable like others elsewhere', () => {
  for (const [layer, given] of Object.entries(layers))
    it.each(words)(`in ${layer}: %s`, async (word) => {
      const plain = await settingsWith({});
      const { settings, program } = await settingsWith(given(word, values[word]), word);
      expect(settings).toEqual(plain.settings);
      expect(program).toContain(`"echo ${values[word]}"`);
      expect(program).not.toContain('become=');
    });
});

it('Ansible’s name of a setting counts in every layer that a play’s hosts have', async () => {
  const ofHosts = Object.entries(layers).filter(([layer]) => !/task|block/.test(layer));
  for (const [layer, given] of ofHosts)
    for (const [word, [name]] of Object.entries(spellings)) {
      if (name === undefined) continue;
      const plain = await settingsWith({});
      const { settings } = await settingsWith(given(name, values[word as SettingName]));
      expect(settings, `${name} in ${layer}`).not.toEqual(plain.settings);
    }
});

it('each word counts where an inventory says it: at a host, a group and all', async () => {
  const settingsOf = async (inventory: unknown) => {
    const site = JSON.stringify([{ hosts: 'all', tasks: [{ command: 'a' }] }]);
    return (await load({ 'inventory.yaml': JSON.stringify(inventory), 'site.yaml': site })).plays[0]?.hosts[0]
      ?.settings;
  };
  const plain = await settingsOf({ all: { hosts: { web1: {} } } });
  for (const word of words) {
    const vars = { [word]: values[word] };
    const here = [
      { all: { hosts: { web1: vars } } },
      { all: { hosts: { web1: {} }, vars } },
      { web: { hosts: { web1: {} }, vars } },
    ];
    for (const inventory of here) expect(await settingsOf(inventory), JSON.stringify(inventory)).not.toEqual(plain);
  }
});

it('a play has a variable named as a setting is, and the setting is still the inventory’s', async () => {
  const loaded = await load({
    'inventory.yaml': 'all: {hosts: {web1: {host: "{{address}}", address: 192.0.2.1, port: 2222}}}',
    'site.yaml':
      '- hosts: web1\n  vars: {host: db.example, port: 5432}\n  tasks:\n    - command: "dial {{host}}:{{port}}"\n',
  });
  expect(loaded.told).toBe('');
  expect(loaded.plays[0]?.hosts[0]?.settings).toMatchObject({ address: '192.0.2.1', port: 2222 });
  expect(loaded.program('web1')).toContain('"dial db.example:5432"');
});
