import { expect, it, test } from 'vitest';
import { planFrom } from '../../../../test/kit/converge-locally.js';
import { byteSize, inBytes } from '../byte-size.js';
import { storage_preflight } from './storage-preflight.js';

const task = storage_preflight({ path: '/srv/registry', user: 'registry', min_free: '10G' });
const nfs = (mode = 'rw') =>
  `mounted / ${mode},relatime shared:1 - nfs4 nfs1:/var/export/registry31 ${mode},vers=4.2\ndone yes\n`;
const seen = `owner nobody:nogroup, mode 755\nfree ${20 * 2 ** 18} 4096\nuid 105\n`;
const granted = 'access granted\n';
const tried = 'record registry nfs1:/var/export/registry31\n';

it.each([
  ['all is well', `${nfs()}${seen}${granted}${tried}`, { verdict: 'ok', note: '20G free' }],
  ['nothing was tried out yet', `${nfs()}${seen}${granted}`, { verdict: 'change' }],
  ['another share was tried out', `${nfs()}${seen}${granted}record registry nfs1:/old\n`, { verdict: 'change' }],
])('%s', (_, printed, plan) => {
  expect(planFrom(task, printed)).toMatchObject(plan);
});

test('what is refused', () => {
  const said = (printed: string) => {
    const plan = planFrom(task, printed);
    return plan.verdict === 'refused' ? [plan.message, plan.hint].join(' / ') : plan.verdict;
  };
  const all = {
    'nothing is mounted': 'place empty\ndone yes\n',
    'the server is gone': `${nfs()}silent yes\n`,
    'read-only': `${nfs('ro')}${seen}${granted}`,
    denied: `${nfs()}${seen}`,
    'no user': `${nfs()}${seen}access no-user\n`,
    'no space': `${nfs()}${seen.replace(/free .*/, 'free 1000 4096')}${granted}`,
  };
  expect(Object.entries(all).map(([name, printed]) => `${name}: ${said(printed)}`)).toMatchInlineSnapshot(`
    [
      "nothing is mounted: nothing is mounted at /srv/registry: what is written there would fill the disk below it / check that its server is up and exports it to this host; \`systemctl status\` of the mount unit shows more",
      "the server is gone: /srv/registry does not answer: the server of nfs1:/var/export/registry31 may be down / ",
      "read-only: /srv/registry is mounted read-only / set opts: rw",
      "denied: registry (uid 105) may not write to /srv/registry, which is nobody:nogroup, mode 755 / the NFS server decides: with all_squash everybody is its anonymous account (nobody, or anonuid and anongid), which must own what is exported; otherwise uid 105 must",
      "no user: there is no user registry on this host / ",
      "no space: 3.9M are free at /srv/registry, 10G are wanted (min_free) / ",
    ]
  `);
});

test('a registry that writes nothing needs no trial', () => {
  const reads = storage_preflight({ path: '/srv/registry', write: false });
  expect(planFrom(reads, `${nfs('ro')}${seen}${granted}`)).toMatchObject({ verdict: 'ok' });
});

test('sizes', () => {
  expect([byteSize.parse('1.5G'), byteSize.parse(7), inBytes(1.5 * 2 ** 30), inBytes(0), inBytes(100)]).toEqual([
    1.5 * 2 ** 30,
    7,
    '1.5G',
    '0',
    '100',
  ]);
  expect(byteSize.safeParse('5 GB').error?.message).toContain('must be a size: 500M, 5G');
});
