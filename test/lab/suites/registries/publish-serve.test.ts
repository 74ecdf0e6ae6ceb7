import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provision, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { writeTar } from '../../../publish/published-kit.js';
import { layoutFiles, makeImage, refName } from '../../../registry/archives/make-image.js';
import { entriesOf } from '../../../registry/archives/make-tar.js';
import { container, labUp, placeOf, resetHost, ssh } from '../../lab.js';

const [host, client] = await takeHosts(2);

const image = makeImage({ layers: ['x'] });
const secret = 'canary-of-links';
const front = `${host}:5001`;
const ca = '/etc/provision-publish/tls/ca.crt';

/** nginx that gives content to who has a signed address alone. */
const contentServer = `server {
  listen 8080;
  root /srv/images;
  # All that is asked for here is a manifest, or a blob, whose type nobody minds.
  types { }
  default_type application/vnd.oci.image.manifest.v1+json;
  gzip off;
  location / {
    secure_link $arg_md5,$arg_expires;
    secure_link_md5 "$secure_link_expires$uri ${secret}";
    if ($secure_link = "") { return 403; }
    if ($secure_link = "0") { return 410; }
  }
}
`;
const play = `- hosts: ${host}
  vars:
    publish_serve_redirects: redirects
    publish_serve_interval: 5
    publish_serve_config:
      nginx: { expression: "$secure_link_expires$uri {{default link_secret '${secret}'}}" }
  roles: [publish-serve]
`;

/** One story, so the tests run in this order. */
describe('answers to pulls, as Crane gave them, on a host', () => {
  let folder: Scratch;

  beforeAll(async () => {
    await labUp({ vm: false, extra: [host, client] });
    await resetHost(host, client);
    folder = scratch();
    // Debian 12 has an older Node: the host gets the one that runs these tests.
    await execa('docker', ['cp', process.execPath, `${container(host)}:/usr/local/bin/node`]);
    await publish('team/web');
    const install = 'apt-get install -y -qq --no-install-recommends';
    const set = `${install} nginx-light && mkdir -p /srv/images && tar -xf - -C /srv/images`;
    const packed = await execa('tar', ['-cf', '-', '-C', `${folder.path}/content`, '.'], { encoding: 'buffer' });
    await execa('docker', ['exec', '-i', container(host), 'sh', '-c', set], { input: packed.stdout });
    const serve = 'cat > /etc/nginx/sites-enabled/default && systemctl restart nginx';
    expect(await ssh(host, serve, { input: contentServer })).toMatchObject({ exitCode: 0 });
    expect(await ssh(client, `${install} skopeo`)).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => folder?.remove());

  /** Publishes the image to the folder that becomes the content, with a redirect file. */
  const publish = async (name: string) => {
    const tar = writeTar(
      join(folder.path, 'web.tar'),
      entriesOf(layoutFiles([{ image, annotations: refName('web:1.0') }])),
    );
    const to = join(folder.path, 'content');
    const words = ['--to', to, 'web', tar, '--name', name, '--layout', 'pulp'];
    const redirect = join(folder.path, 'redirects', `${name}.json`);
    mkdirSync(dirname(redirect), { recursive: true });
    const url = `http://${placeOf(host).inside}:8080`;
    const { status, stderr } = await provision(['publish', ...words, '--redirect-file', redirect, '--url', url]);
    expect([status, stderr]).toEqual([0, expect.stringContaining('stored')]);
  };
  const run = (...options: string[]) =>
    provisionJson([
      folder.write('site.yaml', play),
      '-i',
      folder.inventory({ [host]: labHost(host), [client]: labHost(client) }),
      ...options,
    ]);
  const pull = async (name: string) => {
    const authority = await ssh(host, `cat ${ca}`);
    const trust = `mkdir -p /etc/containers/certs.d/${front} && cat > /etc/containers/certs.d/${front}/ca.crt`;
    await ssh(client, trust, { input: authority.stdout });
    const copy = `rm -rf /tmp/pulled && skopeo --insecure-policy copy docker://${front}/${name}:1.0 dir:/tmp/pulled && cat /tmp/pulled/manifest.json`;
    return ssh(client, copy);
  };
  const mainProcess = async () => (await ssh(host, 'systemctl show -p MainPID --value provision-publish')).stdout;

  it('names a redirect file that is none, and a bare host is left bare', async () => {
    const wrong = folder.write('redirects/half.json', '{"version": 2}');
    const { status, stderr } = await provision([
      folder.write('site.yaml', play),
      '-i',
      folder.inventory({ [host]: labHost(host), [client]: labHost(client) }),
    ]);
    await execa('rm', [wrong]);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${wrong}: "repo-registry-id" is missing`)]);
    expect(stderr).toContain('no host was contacted');
    const check = await run('--check');
    expect(named(check.tasks, 'failed', 'changed')).toEqual([]);
    expect((await ssh(host, 'ls /opt /etc')).stdout).not.toContain('provision-publish');
  });

  it('goes from bare to answers by one run, as its own user, with its secrets for it alone', async () => {
    const first = await run();
    expect(named(first.tasks, 'failed', 'kept')).toEqual([]);
    expect(first.stdout + first.stderr).not.toContain(secret);
    const unit = 'systemctl show -p ActiveState -p User -p ProtectSystem -p NoNewPrivileges provision-publish';
    expect((await ssh(host, unit)).stdout.split('\n').sort()).toEqual([
      'ActiveState=active',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'User=provision-publish',
    ]);
    const modes = `stat -c '%a %U %G %n' /etc/provision-publish/crane.conf /etc/provision-publish/tls/service.key`;
    expect((await ssh(host, modes)).stdout).toBe(
      '640 root provision-publish /etc/provision-publish/crane.conf\n640 root provision-publish /etc/provision-publish/tls/service.key',
    );
  });

  it('changes nothing a second time', async () => {
    const second = await run();
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
    const check = await run('--check', '--diff');
    expect(named(check.tasks, 'would-change', 'failed', 'kept', 'unknown')).toEqual([]);
  });

  it('is pulled from by skopeo, through addresses that nginx verifies', async () => {
    const pulled = await pull('team/web');
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    expect(pulled.stdout).toContain(Buffer.from(image.raw.bytes).toString());
    const bare = await ssh(
      client,
      `curl -s -o /dev/null -w '%{http_code}' http://${placeOf(host).inside}:8080/web/tags/list`,
    );
    expect(bare.stdout).toBe('403');
  });

  it('serves another redirect file without a restart, and forgets one with --prune alone', async () => {
    const before = await mainProcess();
    const text = readFileSync(join(folder.path, 'redirects/team/web.json'), 'utf8');
    writeFileSync(join(folder.path, 'redirects/team/other.json'), text.replace('team/web', 'team/other'));
    const more = await run();
    // Whether somebody has to wait for it depends on when the service looked last.
    expect(named(more.tasks, 'changed')).toContain(
      `${host} publish-serve file /var/lib/provision-publish/team/other.json`,
    );
    const other = await pull('team/other');
    expect(other.exitCode, other.stderr).toBe(0);
    await execa('rm', [join(folder.path, 'redirects/team/other.json')]);
    const there = () => ssh(host, 'ls /var/lib/provision-publish/team');
    await run();
    expect((await there()).stdout).toBe('other.json\nweb.json');
    await run('--prune');
    expect((await there()).stdout).toBe('web.json');
    await expect.poll(async () => (await pull('team/other')).exitCode, { timeout: 30_000 }).not.toBe(0);
    expect(await mainProcess()).toBe(before);
    expect(readdirSync(join(folder.path, 'redirects/team'))).toEqual(['web.json']);
  });

  it('is restarted for another configuration, which is kept as it is unless forced', async () => {
    const before = await mainProcess();
    const given = ['-e', 'link_secret=another'];
    const kept = await run(...given);
    expect(named(kept.tasks, 'kept')).toEqual([`${host} publish-serve file /etc/provision-publish/crane.conf`]);
    expect(await mainProcess()).toBe(before);
    const forced = await run(...given, '-e', 'publish_serve_force=true');
    expect(named(forced.tasks, 'failed')).toEqual([]);
    expect(await mainProcess()).not.toBe(before);
    expect((await pull('team/web')).exitCode).not.toBe(0);
  });

  it('leaves nothing when it is absent', async () => {
    const gone = await run('-e', 'publish_serve_state=absent', '-e', 'publish_serve_remove_data=true');
    expect(named(gone.tasks, 'failed')).toEqual([]);
    const left =
      'ls -d /etc/provision-publish /opt/provision-publish /var/lib/provision-publish /etc/systemd/system/provision-publish* /etc/systemd/system/*/provision-publish* 2>/dev/null; id provision-publish 2>/dev/null; pgrep -f "[p]ublish serve"; true';
    expect((await ssh(host, left)).stdout).toBe('');
    const again = await run('-e', 'publish_serve_state=absent', '-e', 'publish_serve_remove_data=true');
    expect(named(again.tasks, 'changed', 'failed')).toEqual([]);
  });
});
