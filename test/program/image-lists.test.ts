import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { expect, it, onTestFinished } from 'vitest';
import { openRegistry } from '../../src/registry/client/open.js';
import { hexOf } from '../../src/registry/digest.js';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { folderOf } from '../kit/folder-of.js';
import { provision } from '../kit/provision.js';
import { holding, runLock } from '../kit/vitest/holding.js';
import { pushImage } from '../registry/admin/push-image.js';
import { layoutFiles, makeImage, refName } from '../registry/archives/make-image.js';
import { makeTar } from '../registry/archives/make-tar.js';

/* Lists of images that say more than which images, given to the command as its users do. */

holding(runLock);

/** An embedded registry, empty. */
async function registry(accounts = '') {
  const folder = folderOf({ accounts });
  const htpasswd = accounts === '' ? {} : { htpasswd: join(folder, 'accounts') };
  const server = await serveRegistry({ dir: join(folder, 'images'), delete: true, ...htpasswd });
  onTestFinished(() => server.close());
  const client = openRegistry({ host: server.host });
  onTestFinished(() => client.close());
  return { host: server.host, client };
}

/** Runs `images` in a folder with a list; ports are written as letters, in what it prints. */
async function images(list: string, hosts: readonly string[], ...args: string[]) {
  const cwd = folderOf({ 'list.yaml': list });
  const env = { HOME: cwd, XDG_STATE_HOME: cwd, PATH: process.env.PATH ?? '' };
  const { status, stdout, stderr } = await provision(['images', ...args], { cwd, env });
  const plain = (text: string) =>
    hosts
      .reduce((known, host, at) => known.replaceAll(host, `HOST${at}`), text)
      .replaceAll(/sha256:[0-9a-f]{64}/g, 'DIGEST')
      .replaceAll(/\d+ requests? in [\d.]+ s/g, 'REQUESTS');
  return { status, stdout: plain(stdout), stderr: plain(stderr) };
}

it('a registry in a target was dropped without a word', async () => {
  const [from, one, other] = await Promise.all([registry(), registry(), registry()]);
  await pushImage(from.client, 'team/web', ['1', '2'], { content: 'web' });
  const hosts = [from.host, one.host, other.host];
  const list = `${from.host}/team/web:1: [${one.host}/a/web, ${other.host}/b/web]\n${from.host}/team/web:2: ${other.host}/b/web\n`;
  const wrong = await images(list, hosts, 'sync', 'list.yaml', '--to', one.host);
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toMatchInlineSnapshot(`
    "list.yaml:1:53 error the list sends b/web and 1 more to HOST2, and --to is HOST1
      1 | HOST0/team/web:1: [HOST1/a/web, HOST2/b/web]
        |                                                     ^^^^^^^^^^^^^^^^^^^^^
      leave out --to, and images go where the list says; or give --to HOST2 too; or take HOST2/ out of the list

    1 error; no host was contacted"
  `);
  expect(await one.client.repositories()).toEqual([]);

  expect(await images(list, hosts, 'sync', 'list.yaml')).toMatchObject({ status: 0 });
  expect(await one.client.repositories()).toEqual(['a/web']);
  expect(await other.client.repositories()).toEqual(['b/web']);
  expect(await other.client.tags('b/web')).toEqual(['1', '2']);
  const again = await images(list, hosts, 'sync', 'list.yaml', '--to', other.host, '--to', one.host);
  expect(again).toMatchObject({ status: 0 });
  expect(again.stdout).toContain('HOST1: 1 image: 1 unchanged');
  expect(again.stdout).toContain('HOST2: 2 images: 2 unchanged');
});

it('an entry without a registry among others that name one is named', async () => {
  const list = 'a.example.com/x=b.example.com/x\na.example.com/y=y\n';
  const { status, stderr } = await images(list, [], 'sync', 'list.yaml');
  expect(status).toBe(1);
  expect(stderr).toMatchInlineSnapshot(`
    "error: no target registry is given: the list names none for y (list.yaml:2)
      give --to REGISTRY (several times for several)"
  `);
});

it('a repository that could not be listed stopped the whole run', async () => {
  const [from, to] = await Promise.all([registry(), registry()]);
  await pushImage(from.client, 'team/web', ['1', '2'], { content: 'web' });
  await pushImage(to.client, 'team/web', ['1', 'old'], { content: 'old' });
  const list = '- team/web:2\n- {name: team/none, include: "*"}\n';
  const sync = (...more: string[]) =>
    images(list, [from.host, to.host], 'sync', 'list.yaml', '--from', from.host, '--to', to.host, ...more);
  const checked = await sync('--check');
  expect(checked.status).toBe(2);
  expect(checked.stdout).toMatchInlineSnapshot(`
    "HOST1: 1 image of 1 to copy, 3 B in 1 blob, 0 mounts, 1 manifest
    would be copied team/web:2 DIGEST
    failed    team/none:*: could not list the tags of HOST0/team/none: there is no such repository
    HOST1: 2 images: 1 to do, 1 failed; 0 B, REQUESTS"
  `);
  const lines = await sync();
  expect(lines.status).toBe(2);
  expect(lines.stdout).toMatchInlineSnapshot(`
    "HOST1: 1 image of 1 to copy, 3 B in 1 blob, 0 mounts, 1 manifest
    failed    team/none:*: could not list the tags of HOST0/team/none: there is no such repository
    copied    team/web:2 DIGEST (3 B)
    HOST1: 2 images: 1 copied, 1 failed; 3 B, REQUESTS"
  `);
  expect(await to.client.tags('team/web')).toEqual(['1', '2', 'old']);
  const { stdout, status } = await sync('--json');
  expect(status).toBe(2);
  expect(JSON.parse(stdout)[0].images).toContainEqual(
    expect.objectContaining({
      name: 'team/none:*',
      state: 'failed',
      error: expect.objectContaining({
        message: expect.stringContaining('could not list the tags of HOST0/team/none'),
      }),
    }),
  );
  const pruned = await sync('--prune', '--prune-share', '100');
  expect(pruned.status).toBe(2);
  expect(pruned.stdout).toContain('nothing is pruned: could not list the tags of HOST0/team/none');
  expect(await to.client.tags('team/web')).toEqual(['1', '2', 'old']);
});

it('an image without a name could not be loaded, whatever name was given', async () => {
  const to = await registry();
  const image = makeImage({ layers: ['one'] });
  const cwd = folderOf({ 'list.yaml': '- team/listed:1\n', 'skd/.keep': '' });
  for (const [digest, bytes] of image.blobs)
    writeFileSync(join(cwd, 'skd', digest === image.raw.digest ? 'manifest.json' : hexOf(digest)), bytes);
  const run = (...args: string[]) =>
    provision(args, { cwd, env: { HOME: cwd, XDG_STATE_HOME: cwd, PATH: process.env.PATH ?? '' } });
  const loaded = await run('images', 'load', 'skd', '--to', to.host, '--as', 'team/app:1');
  expect(loaded, loaded.stdout + loaded.stderr).toMatchObject({ status: 0 });
  const synced = await run('images', 'sync', 'list.yaml', '--from', './skd', '--to', to.host);
  expect(synced, synced.stdout + synced.stderr).toMatchObject({ status: 0 });

  const site = (vars: string) => `- hosts: all
  roles: [image-sync]
  vars: {image_sync_archive: skd, image_sync_local: "${to.host}", ${vars}}
`;
  const sites = { named: 'image_sync_archive_name: team/role:1', listed: 'image_sync_images: [team/own:1]', none: '' };
  writeFileSync(join(cwd, 'inventory.yaml'), 'all: {hosts: {here: {connection: local}}}\n');
  for (const [name, vars] of Object.entries(sites)) writeFileSync(join(cwd, `${name}.yaml`), site(vars));
  for (const name of ['named', 'listed']) {
    const { status, stdout } = await run(`${name}.yaml`, '-i', 'inventory.yaml');
    expect(status, stdout).toBe(0);
  }
  expect((await run('none.yaml', '-i', 'inventory.yaml')).stdout).toContain('image_sync_archive_name');
  expect(await to.client.repositories()).toEqual(['team/app', 'team/listed', 'team/own', 'team/role']);
  for (const [repository = '', tag = ''] of ['app', 'listed', 'own', 'role'].map((name) => [`team/${name}`, '1']))
    expect((await to.client.head(repository, tag))?.digest).toBe(image.raw.digest);
});

it("image_sync_namespace was not put before an archive's names", async () => {
  const to = await registry();
  const files = layoutFiles([{ image: makeImage({ layers: ['one'] }), annotations: refName('ubuntu:12.04') }]);
  const cwd = folderOf({
    'site.yaml': `- hosts: all
  roles: [image-sync]
  vars: {image_sync_archive: a.tar, image_sync_local: "${to.host}", image_sync_namespace: role9, image_sync_prefix: x-}
`,
    'inventory.yaml': 'all: {hosts: {here: {connection: local}}}\n',
  });
  writeFileSync(join(cwd, 'a.tar'), makeTar([...files].map(([name, content]) => ({ name, content }))));
  const { status, stdout } = await provision(['site.yaml', '-i', 'inventory.yaml'], {
    cwd,
    env: { HOME: cwd, XDG_STATE_HOME: cwd, PATH: process.env.PATH ?? '' },
  });
  expect(status, stdout).toBe(0);
  expect(await to.client.repositories()).toEqual(['role9/x-ubuntu']);
});

it("the role dropped the accounts of a list, and what the list's author should know", async () => {
  const accounts = `puller:${await hash('of-the-list', 4)}\n`;
  const [from, to] = await Promise.all([registry(accounts), registry()]);
  const writer = openRegistry({
    host: from.host,
    credentials: async () => ({ username: 'puller', password: 'of-the-list' }),
  });
  onTestFinished(() => writer.close());
  await pushImage(writer, 'team/web', ['1'], { content: 'web' });
  const cwd = folderOf({
    'list.yaml': `"${from.host}":
  images: {team/web: ["1"]}
  credentials: {username: puller, password: of-the-list}
`,
    'site.yaml': `- hosts: all
  roles: [image-sync]
  vars: {image_sync_list: list.yaml, image_sync_local: "${to.host}", image_sync_via: direct}
`,
    'inventory.yaml': 'all: {hosts: {here: {connection: local}}}\n',
  });
  const run = () =>
    provision(['site.yaml', '-i', 'inventory.yaml'], {
      cwd,
      env: { HOME: cwd, XDG_STATE_HOME: cwd, PATH: process.env.PATH ?? '' },
    });
  const { status, stdout } = await run();
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('note: images keep their path');
  expect(stdout).not.toContain('of-the-list');
  expect(await to.client.tags('team/web')).toEqual(['1']);
  const again = await run();
  expect(again.stdout).toContain('changed=0');
  expect(again.stdout).toContain('note: images keep their path');
});
