import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainIssue } from '../../src/diagnostics/shapes/explain-issue.js';
import { renderFile } from '../../src/resources/files/render.js';
import { hostContext, planFrom, runScript } from '../../test/kit/converge-locally.js';
import { folderOf } from '../../test/kit/folder-of.js';
import { exports_file } from './exports-file.js';
import { portsOf } from './firewall-ports.js';
import { nfs_exports } from './nfs-exports.js';
import { readClients } from './read-clients.js';
import { vars } from './vars.js';

/** What the author of a site reads. */
function messages(entry: unknown): string[] {
  const value = { nfs_exports: [entry] };
  const issues = vars.safeParse(value, { reportInput: true }).error?.issues ?? [];
  return issues.flatMap((issue) => explainIssue(issue, value, vars)).map(({ message }) => message);
}

const issuesOf = (nfs_exports: unknown) =>
  JSON.stringify(vars.safeParse({ nfs_exports: [nfs_exports] }).error?.issues ?? []);

describe('nfs_exports, the variable', () => {
  it.each([
    '/var/export/registry31 *(rw,sync,all_squash)',
    { path: '/var/export/registry31/', clients: '*(rw,sync,all_squash)' },
    { path: '/var/export/registry31', clients: [{ host: '*', options: 'rw, sync, all_squash' }] },
    { path: '/var/export/registry31', clients: { host: '*', options: ['rw', 'sync', 'all_squash'] } },
  ])('takes %j', (entry) => {
    expect(vars.parse({ nfs_exports: [entry] }).nfs_exports).toEqual([
      { path: '/var/export/registry31', clients: [{ host: '*', options: ['rw', 'sync', 'all_squash'] }] },
    ]);
  });

  it.each([
    ['a(rw) b.example.com', ['a', 'b.example.com']],
    [
      '192.0.2.0/24(ro) 192.0.2.0/255.255.255.0 2001:db8::/32(ro)',
      ['192.0.2.0/24', '192.0.2.0/255.255.255.0', '2001:db8::/32'],
    ],
    ['*(sec=krb5:krb5i,rw,sec=sys,ro)', ['*']],
    ['@trusted(rw,fsid=0) *.lab?.example.com(anonuid=-2)', ['@trusted', '*.lab?.example.com']],
  ])('takes the clients %s', (clients, hosts) => {
    expect(issuesOf({ path: '/srv', clients })).toBe('[]');
    expect(readClients(clients)).toMatchObject(hosts.map((host) => ({ host })));
  });

  it('refuses what exports(5) would misread, and says why', () => {
    const wrong = [
      '* (rw,sync)',
      '(rw)',
      '*(rw, sync)',
      '*(rw',
      '*(rw,no_root_sqash)',
      '*(rw=1)',
      '*(anonuid=nobody)',
      '*(fsid)',
      '*(rw,,sync)',
      '*(rw,ro)',
      '*(insecure_locks,auth_nlm)',
      '*(sec=sys:krp5)',
      '*(fsid=abc)',
      '*(fsid=4294967296)',
      '*(fsid=9d9c6bd1-1e2a)',
      '*(anonuid=99999999999)',
      '*(xprtsec=ssl)',
      '*(fsuuid=9d9c6bd1)',
      '-ro,sync a b(rw)',
      '192.0.2.0/33(ro)',
      '2001:db8::/129(ro)',
      '300.1.1.1(rw)',
      'a(rw) a(ro)',
      '',
      [],
    ];
    const said = wrong.flatMap((clients) => messages({ path: '/srv', clients }));
    expect(said).toMatchInlineSnapshot(`
      [
        "nfs_exports[0].clients: a blank stands between * and (rw,sync): that would share with * by the default options, and with everybody by (rw,sync). Write *(rw,sync), found text "* (rw,sync)"",
        "nfs_exports[0].clients: (rw) has options but no client: write *(rw) to share with everybody, found text "(rw)"",
        "nfs_exports[0].clients: *(rw, sync) has a blank between the parentheses: options are separated by commas alone, found text "*(rw, sync)"",
        "nfs_exports[0].clients: *(rw is no client: write client(option,option), found text "*(rw"",
        "nfs_exports[0].clients: *: no_root_sqash is no option of exports(5). Did you mean no_root_squash?, found text "*(rw,no_root_sqash)"",
        "nfs_exports[0].clients: *: rw takes no value, found text "*(rw=1)"",
        "nfs_exports[0].clients: *: anonuid= needs a number, found text "*(anonuid=nobody)"",
        "nfs_exports[0].clients: *: fsid needs a value, found text "*(fsid)"",
        "nfs_exports[0].clients: *: nothing stands between two commas, found text "*(rw,,sync)"",
        "nfs_exports[0].clients: *: ro and rw exclude each other, found text "*(rw,ro)"",
        "nfs_exports[0].clients: *: secure_locks and insecure_locks exclude each other, found text "*(insecure_locks,auth_nlm)"",
        "nfs_exports[0].clients: *: sec= has none, sys, krb5, krb5i, krb5p, not krp5, found text "*(sec=sys:krp5)"",
        "nfs_exports[0].clients: *: fsid= needs a number, root, or a UUID, not abc, found text "*(fsid=abc)"",
        "nfs_exports[0].clients: *: fsid= needs a number, root, or a UUID, not 4294967296, found text "*(fsid=4294967296)"",
        "nfs_exports[0].clients: *: fsid= needs a number, root, or a UUID, not 9d9c6bd1-1e2a, found text "*(fsid=9d9c6bd1-1e2a)"",
        "nfs_exports[0].clients: *: anonuid= needs a number, found text "*(anonuid=99999999999)"",
        "nfs_exports[0].clients: *: xprtsec= has none, tls, mtls, not ssl, found text "*(xprtsec=ssl)"",
        "nfs_exports[0].clients: *: fsuuid=9d9c6bd1 is no option of exports(5). Did you mean fsid=?, found text "*(fsuuid=9d9c6bd1)"",
        "nfs_exports[0].clients: -ro,sync are options for all clients that follow, which is not supported: write them for each client, in parentheses, found text "-ro,sync a b(rw)"",
        "nfs_exports[0].clients: 192.0.2.0/33 is no client: exports(5) has names, wildcards, addresses, networks (192.0.2.0/24) and @netgroups, found text "192.0.2.0/33(ro)"",
        "nfs_exports[0].clients: 2001:db8::/129 is no client: exports(5) has names, wildcards, addresses, networks (192.0.2.0/24) and @netgroups, found text "2001:db8::/129(ro)"",
        "nfs_exports[0].clients: 300.1.1.1 is no client: exports(5) has names, wildcards, addresses, networks (192.0.2.0/24) and @netgroups, found text "300.1.1.1(rw)"",
        "nfs_exports[0].clients: contains a client twice: exportfs would use the first. Remove one, found text "a(rw) a(ro)"",
        "nfs_exports[0].clients: has no client. Write *(rw,sync) for everybody, found text """,
        "nfs_exports[0].clients: has no client. Write *(rw,sync) for everybody, found an empty list",
      ]
    `);
  });

  it('takes a path as exports(5) writes one with a blank', () => {
    for (const line of ['"/srv/a b" *(rw)', '/srv/a\\040b *(rw)']) {
      expect(vars.parse({ nfs_exports: [line] }).nfs_exports).toMatchObject([{ path: '/srv/a b' }]);
    }
  });

  it('refuses one fsid for two directories of a client, which would reach the first by either name', () => {
    const both = (one: string, other: string) =>
      vars
        .safeParse({ nfs_exports: [`/srv/one ${one}`, `/srv/two ${other}`] })
        .error?.issues.map(({ message }) => message);
    expect(both('a(fsid=root) b(ro)', '*(fsid=0)')).toEqual([
      'has fsid=0 for /srv/one and /srv/two. Give each its own',
    ]);
    expect(both('a(fsid=16)', 'a(fsid=0x10)')).toHaveLength(1);
    expect(both('a(fsid=1)', 'b(fsid=1)')).toBeUndefined();
    expect(both('*(fsid=1)', '*(fsid=2)')).toBeUndefined();
  });

  it('opens ports of the firewall by the names that firewalld has for them', () => {
    const ports = (nfs_firewall_ports: string[]) => portsOf(vars.parse({ nfs_firewall_ports }).nfs_firewall_ports);
    expect(ports(['nfs', 'rpc-bind', '111/udp', '4045/udp'])).toEqual(['2049/tcp', '111/tcp', '111/udp', '4045/udp']);
    expect(() => ports(['70000/tcp'])).toThrow('must be nfs, mountd');
  });

  it('finds the blank in every form', () => {
    const blank = /blank stands between \* and \(rw\).*Write \*\(rw\)/;
    expect(issuesOf('/srv * (rw)')).toMatch(blank);
    expect(issuesOf({ path: '/srv', clients: ['* (rw)'] })).toMatch(blank);
    expect(issuesOf({ path: '/srv', clients: [{ host: '* (rw)' }] })).toContain('give the options in');
  });
});

describe('nfs_exports, the resource', () => {
  const task = nfs_exports({
    shares: [{ path: '/srv/a b', clients: [{ host: '*', options: ['rw', 'sync', 'all_squash'] }] }],
    services: ['nfs-server'],
  });
  const etab = (options: string) => `/srv/a\\040b\t*(${options})\n`;
  const full = (options: string) =>
    `${options},sync,wdelay,hide,nocrossmnt,secure,root_squash,all_squash,no_subtree_check,secure_locks,acl,no_pnfs,anonuid=65534,anongid=65534,sec=sys,${options},secure,root_squash,all_squash`;
  const file = '# ours\n"/srv/a b" *(rw,sync,all_squash)\n';
  const probed = (exported: string, written: string) => `installed\n@exported\n${exported}@written\n${written}`;

  it.each([
    ['exports it', etab(full('rw')), file, { verdict: 'ok' }],
    [
      'does not export it yet',
      '',
      file,
      { verdict: 'change', summary: 'exported again (/srv/a b to *: not exported)' },
    ],
    [
      'exports it otherwise',
      etab(full('ro')),
      file,
      { verdict: 'change', summary: 'exported again (/srv/a b to *: has ro)' },
    ],
    ['has a file that was kept', etab(full('ro')), '/srv/a\\040b *(ro,all_squash)\n', { verdict: 'kept' }],
    [
      'squashes to another account',
      etab(full('rw').replace('anonuid=65534', 'anonuid=99')),
      file,
      { summary: expect.stringContaining('has anonuid=99') },
    ],
  ])('the server %s', (_, exported, written, expected) => {
    expect(planFrom(task, probed(exported, written))).toMatchObject(expected);
  });

  it('knows a client by the name that the resolver gives it', () => {
    const short = nfs_exports({ shares: [{ path: '/srv', clients: [{ host: 'nfs1', options: [] }] }], services: [] });
    expect(planFrom(short, probed('/srv\tnfs1.example.com(ro,sync)\n', '/srv nfs1\n'))).toMatchObject({
      verdict: 'ok',
    });
    expect(planFrom(short, probed('/srv\tnfs2.example.com(rw,sync)\n', '/srv nfs1\n'))).toMatchObject({
      verdict: 'change',
    });
  });

  it('finds a share that is a symbolic link by its real path, and fsid=root as 0', () => {
    const shares = [
      { path: '/srv/link', clients: [{ host: '*', options: ['rw'] }] },
      { path: '/srv', clients: [{ host: '*', options: ['ro', 'fsid=root'] }] },
    ];
    const etab = '/srv/real\t*(rw,sync)\n/srv\t*(ro,sync,fsid=0)\n';
    const written = '/srv/link *(rw)\n/srv *(ro,fsid=root)\n';
    const link = 'installed\nlink /srv/link\n/srv/real\n';
    const on = (first: string) =>
      planFrom(nfs_exports({ shares, services: [] }), `${first}@exported\n${etab}@written\n${written}`);
    expect(on(link)).toMatchObject({ verdict: 'ok' });
    expect(on('installed\n')).toMatchObject({ summary: 'exported again (/srv/link to *: not exported)' });
  });

  it('is uncertain where no NFS server is installed', () => {
    expect(planFrom(task, '@exported\n@written\n')).toMatchObject({ uncertain: expect.any(String) });
  });
});

describe('/etc/exports', () => {
  it('is one line a directory', () => {
    const text = readFileSync(new URL('../../templates/etc/exports.hbs', import.meta.url), 'utf8');
    const { nfs_exports } = vars.parse({
      nfs_exports: ['/srv/one *(rw,sync,all_squash)', { path: '/srv/two', clients: 'a(ro) b' }],
    });
    expect(renderFile(text, { exports: nfs_exports }, 'exports.hbs')).toMatchInlineSnapshot(`
      "# Directories shared over NFS, exports(5); managed by provision.
      /srv/one *(rw,sync,all_squash)
      /srv/two a(ro) b
      "
    `);
  });
});

describe.each([
  [
    'that exportfs does not read to its end is replaced without force',
    'bad',
    { verdict: 'change' },
    '/srv/new *(rw)\n',
  ],
  ['that exportfs reads is kept', 'good', { verdict: 'kept' }, undefined],
])('an /etc/exports of an older version %s', (_, old, plan, written) => {
  it.each([
    ['of ours', '# Directories shared over NFS, exports(5); managed by provision.\n', true],
    ["of somebody's own", '# mine\n', false],
  ])('%s', async (_, head, isOurs) => {
    const text = `${head}/srv/old *(rw,${old})\n`;
    const folder = folderOf({ exports: text, 'exports.hbs': '/srv/new *(rw)\n' });
    const task = exports_file({ src: 'exports.hbs', dest: join(folder, 'exports') });
    const files = { template: () => join(folder, 'exports.hbs') };
    // exportfs in a namespace of its own is tried in the lab; here its answer is given.
    const tried = isOurs && old === 'bad' ? 'stops\n' : '';
    const host = hostContext({ files });
    const { script } = task.resource.probe(host);
    const probed = await runScript(
      `sh() { case $2 in *exportfs*) ! grep -q bad '${folder}/exports' ;; *) command sh "$@" ;; esac; }\n${script}`,
      '',
      {},
    );
    expect(probed.stdout.startsWith('stops\n')).toBe(tried !== '');
    const planned = task.resource.plan(task.resource.parse(probed, host), host);
    expect(planned).toMatchObject(isOurs ? plan : { verdict: 'kept' });
    if (planned.verdict === 'change') expect(planned.diff?.after).toBe(written);
  });
});
