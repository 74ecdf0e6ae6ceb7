import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainIssue } from '../../src/diagnostics/shapes/explain-issue.js';
import { renderFile } from '../../src/resources/files/render.js';
import { planFrom } from '../../test/kit/converge-locally.js';
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
        "nfs_exports[0].clients: 192.0.2.0/33 is no client: exports(5) has names, wildcards, addresses, networks (192.0.2.0/24) and @netgroups, found text "192.0.2.0/33(ro)"",
        "nfs_exports[0].clients: 2001:db8::/129 is no client: exports(5) has names, wildcards, addresses, networks (192.0.2.0/24) and @netgroups, found text "2001:db8::/129(ro)"",
        "nfs_exports[0].clients: 300.1.1.1 is no client: exports(5) has names, wildcards, addresses, networks (192.0.2.0/24) and @netgroups, found text "300.1.1.1(rw)"",
        "nfs_exports[0].clients: contains a client twice: exportfs would use the first. Remove one, found text "a(rw) a(ro)"",
        "nfs_exports[0].clients: has no client. Write *(rw,sync) for everybody, found text """,
        "nfs_exports[0].clients: has no client. Write *(rw,sync) for everybody, found an empty list",
      ]
    `);
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
