import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../kit/folder-of.js';
import { provision } from '../kit/provision.js';

/* Lists that came from somewhere else, given to the command as its users do. */
const write = "process.getBuiltinModule('fs').writeFileSync('PWN','uid '+process.getuid());return ''";
const template = `container_images_template:
{% set f$ = range %}- imagename: "R/team/web:1{{ f$["con"~"structor"]("${write}")() }}"
`;
const site = `- hosts: all
  vars: { image_sync_list: images.yaml.j2, image_sync_upstream: "127.0.0.1:9" }
  roles: [image-sync]
`;
const inventory = 'all: { hosts: { here: { connection: local, root: out } } }\n';

describe('a list of images ran code on the controller', () => {
  const nowhere = 'http://127.0.0.1:9';
  it.each([
    ['images sync --check', ['images', 'sync', 'images.yaml.j2', '--from', nowhere, '--to', nowhere, '--check']],
    ['images save', ['images', 'save', 'images.yaml.j2', '--from', nowhere, '--out', 'images.tar']],
    ['a site, --syntax-check', ['site.yaml', '-i', 'inventory.yaml', '--syntax-check']],
    ['a site, --list-tasks', ['site.yaml', '-i', 'inventory.yaml', '--list-tasks']],
    ['a site, --check', ['site.yaml', '-i', 'inventory.yaml', '--check']],
  ])('%s', async (_, args) => {
    const cwd = folderOf({
      'images.yaml.j2': template,
      'site.yaml': site,
      'inventory.yaml': inventory,
      'out/.keep': '',
    });
    const { status, stdout, stderr } = await provision(args, { cwd });
    expect({ status, ran: existsSync(join(cwd, 'PWN')) }).toEqual({ status: 1, ran: false });
    expect(stdout + stderr).toContain('images.yaml.j2:2:8 error a template of images has no use for f$');
  });
});

it('a list sent a variable of the environment and a file away in the name of an image', async () => {
  const source = `127.0.0.1:9/leak/{{env "SECRET_TOKEN"}}/{{file "kept"}}`;
  const list = `sync:\n  - {source: '${source}', target: 127.0.0.1:9/a, type: repository}\n`;
  const cwd = folderOf({ 'regsync.yaml': list, kept: 'kept' });
  const args = ['images', 'sync', 'regsync.yaml', '--to', 'http://127.0.0.1:9', '--check'];
  const { status, stdout, stderr } = await provision(args, { cwd, env: { SECRET_TOKEN: 'tok123' } });
  expect(status).toBe(1);
  expect(stdout + stderr).not.toContain('tok123');
  expect(stderr).toContain('regsync.yaml:2:14 error sync[0].source: only user, pass, token');
});
