import { describe, expect, it } from 'vitest';
import { seal } from '../../src/vars/vault/cipher.js';
import { writeEnvelope } from '../../src/vars/vault/envelope.js';
import { folderOf } from '../kit/folder-of.js';
import { type ProvisionResult, provision } from '../kit/provision.js';
import { holding, runLock } from '../kit/vitest/holding.js';

holding(runLock);

const sealed = (text: string) => writeEnvelope({ label: undefined, sealed: seal(Buffer.from(text), 'opensesame') });

const files = {
  hosts:
    '[web]\nweb1 port=22 admin_password=hunter22\nweb2\n[db]\ndb1\n[site:children]\nweb\ndb\n[web:vars]\nlevel = 1\n',
  'group_vars/all.yml': 'level: 0\nlist: [1, {token: abcdefgh}]\n',
  'group_vars/web.yml': `level: 2\nkey: !vault |\n  ${sealed('swordfish').trim().replaceAll('\n', '\n  ')}\n`,
  'group_vars/site': sealed('whole_password: canarybird\n'),
  'host_vars/web1.yml': 'port: 2222\n',
  password: 'opensesame\n',
};

const opened = ['--vault-password-file', 'password'];

describe('provision inventory', () => {
  it('explains where each value of a host came from, and keeps secrets out of it', async () => {
    const cwd = folderOf(files);
    const { status, stdout, stderr } = await provision(['inventory', '--host', 'web1', '--explain', ...opened], {
      cwd,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "web1, in all, site, web
        admin_password: (secret)
            hosts:2 (host web1)
        key: (encrypted)
            group_vars/web.yml:2 (group_vars/web)
        level: 2
            group_vars/web.yml:1 (group_vars/web)
            overrides 0, group_vars/all.yml:1 (group_vars/all)
            overrides 1, hosts:10 (group web)
        list: [1,{"token":********}]
            group_vars/all.yml:2 (group_vars/all)
        port: 2222
            host_vars/web1.yml:1 (host_vars/web1)
            overrides 22, hosts:2 (host web1)
        whole_password: (secret)
            group_vars/site:1 (group_vars/site)"
    `);
  });

  it('prints what encrypted files say, as Ansible does; encrypted values as they are, without a password', async () => {
    const cwd = folderOf(files);
    const { stdout } = await provision(['inventory', '--host', 'web2', ...opened], { cwd });
    expect(JSON.parse(stdout)).toEqual({
      key: { __ansible_vault: expect.stringMatching(/^\$ANSIBLE_VAULT;1\.1;AES256\n/) },
      level: 2,
      list: [1, { token: 'abcdefgh' }],
      whole_password: 'canarybird',
    });
    const { 'group_vars/site': _, ...without } = files;
    const values = await provision(['inventory', '--list'], { cwd: folderOf(without) });
    expect(Object.keys(JSON.parse(values.stdout)._meta.hostvars)).toEqual(['db1', 'web1', 'web2']);
    const closed = await provision(['inventory', '--list'], { cwd });
    expect(closed).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('group_vars/site:1:1') });
  });

  it('prints part of it: below a group, or the hosts of a limit', async () => {
    const cwd = folderOf({ hosts: files.hosts });
    const graph = await provision(['inventory', '--graph', 'web', '--vars'], { cwd });
    expect(graph.stdout).toMatchInlineSnapshot(`
      "@web:
        |--web1
        |  |--{admin_password = hunter22}
        |  |--{level = 1}
        |  |--{port = 22}
        |--web2
        |  |--{level = 1}
        |--{level = 1}"
    `);
    const list = await provision(['inventory', '--list', '-l', 'web:!web1'], { cwd });
    expect(JSON.parse(list.stdout)).toEqual({
      _meta: { hostvars: { web2: { level: 1 } } },
      all: { children: ['ungrouped', 'site'] },
      site: { children: ['web', 'db'] },
      web: { hosts: ['web2'] },
    });
  });

  it.each([
    ['--host wbe1', 'did you mean "web1"?'],
    ['--host web', 'web is a group: provision inventory --graph web'],
    ['--graph wbe', 'did you mean "web"?'],
    ['--graph db1', 'db1 is a host: provision inventory --host db1'],
    ['--list --host web1', '--list and --host cannot be combined'],
    ['--host web1 --vars', '--vars needs --graph'],
    ['--list -l wbe', 'did you mean "web"?'],
    ['-i nowhere --list', 'cannot read inventory nowhere: no such file or directory'],
    ['-i web1 --list', 'cannot read inventory web1'],
    ['', 'none of --list, --graph and --host was given'],
  ])('%j is an error', async (args, message) => {
    const cwd = folderOf({ hosts: files.hosts });
    const { status, stdout, stderr } = await provision(['inventory', ...args.split(' ').filter(Boolean)], { cwd });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('does not take an encrypted file for hosts', async () => {
    const text = sealed('[web]\nsecrethost password=canarybird\n');
    for (const name of ['hosts', 'hosts.ini']) {
      const cwd = folderOf({ [name]: text, password: files.password });
      const { status, stderr } = await provision(['inventory', '--list', '-i', name, ...opened], { cwd });
      expect(status).toBe(1);
      expect(stderr).toContain('an inventory in INI is not read encrypted');
      expect(stderr).not.toMatch(/canary|secrethost/);
    }
  });

  it('says so where there is none', async () => {
    const { status, stderr } = await provision(['inventory', '--list'], { cwd: folderOf({ 'site.yaml': '[]' }) });
    expect(status).toBe(1);
    expect(stderr).toContain('inventory.yaml, inventory, inventory.ini, hosts, hosts.ini, inventories/hosts.yaml');
  });
});

describe('a run with an inventory in INI', () => {
  const site =
    '- hosts: web\n  tasks:\n    - { file: { path: "{{folder}}/made", content: "{{inventory_hostname}} {{ports.[1]}} {{level}} {{beside}} {{raw}}" } }\n';

  it('finds it beside the site, and variables beside both', async () => {
    const folder = folderOf({
      'site.yaml': site,
      'hosts.ini': `[web]\nhere ansible_connection=local ansible_become=no ansible_become_password=123456\n[web:vars]\nports=80, 443\nfolder="{{playbook_dir}}"\nlevel=1\n`,
      'group_vars/web.yml': 'level: 2\nbeside: yes\nraw: !unsafe "{{x}}"\n',
    });
    const first = await whenUnlocked(['site.yaml'], folder);
    expect(first).toMatchObject({ status: 0, stdout: expect.stringContaining('changed=1') });
    const again = await whenUnlocked(['site.yaml', '-i', 'hosts.ini', '--check', '--diff'], folder);
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('changed=0') });
    const differs = await whenUnlocked(['site.yaml', '-e', 'level=3', '--check', '--diff'], folder);
    expect(differs.stdout).toContain('-here 443 2 true {{x}}');
  });

  it('shows mistakes in it, and contacts no host', async () => {
    const folder = folderOf({ 'site.yaml': site, hosts: '[web]\nhere x = 1\n' });
    expect(await provision(['site.yaml'], { cwd: folder })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('hosts:2:6 error host "here": expected name=value, found "x"'),
    });
  });
});

/** A run on this machine; others' tests take its lock, too. */
async function whenUnlocked(args: readonly string[], cwd: string): Promise<ProvisionResult> {
  for (let tries = 0; ; tries += 1) {
    const result = await provision(args, { cwd });
    if (tries === 10 || !result.stdout.includes('another run is at work on this host')) return result;
  }
}
