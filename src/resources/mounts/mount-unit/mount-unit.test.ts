import { describe, expect, it } from 'vitest';
import { planFrom } from '../../../../test/kit/converge-locally.js';
import { unitName } from '../../services/unit-name.js';
import { mount_unit } from './mount-unit.js';
import { mountUnitParams } from './mount-unit-params.js';
import { mountUnitFile } from './mount-unit-scripts.js';

const share = { path: '/srv/reg-1', src: 'nfs1:/var/export/registry31', opts: 'hard' };
const unit = `# Managed by provision.
[Unit]
Description=nfs1:/var/export/registry31 at /srv/reg-1
After=nfs-server.service

[Mount]
What=nfs1:/var/export/registry31
Where=/srv/reg-1
Type=nfs
Options=hard

[Install]
WantedBy=remote-fs.target
`;

const written = (text?: string) =>
  `${text === undefined ? '' : `unit0 ${Buffer.from(text).toString('base64')}\n`}end yes\n`;
const at = (source: string) => `mounted / rw,relatime shared:1 - nfs4 ${source} rw,vers=4.2\ndone yes\n`;
const bare = (place: string) => `place ${place}\ndone yes\n`;
const enabled = 'LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=no\n';
const unknown = 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\n';

describe('mount_unit', () => {
  it.each([
    ['/srv/x ', 'srv-x\\x20.mount'],
    ['/srv/x\\', 'srv-x\\x5c.mount'],
  ])('keeps the end of the path %j, which systemd would cut off or join with the next line', (path, name) => {
    const params = mountUnitParams.parse({ ...share, path });
    expect(unitName(params.path, 'mount')).toBe(name);
    const { text } = mountUnitFile(params, name);
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([`Description=${share.src} at %f`, 'After=nfs-server.service', 'Where=%f', 'Type=nfs']),
    );
  });

  it.each([' a', 'a '])('refuses the source %j, which systemd would read without its blank', (src) => {
    expect(mount_unit.params.safeParse({ ...share, src }).error?.message).toContain('begin or end with a blank');
  });

  it.each([
    ['all is there', `${written(unit)}${at(share.src)}${enabled}`, { verdict: 'ok' }],
    ['nothing is there', `${written()}${bare('absent')}${unknown}`, { summary: 'mounted, unit written, enabled' }],
    ['it was unmounted', `${written(unit)}${bare('empty')}${enabled}`, { summary: 'mounted' }],
    ['it is mounted by hand', `${written()}${at(share.src)}${unknown}`, { summary: 'unit written, enabled' }],
    [
      'another is mounted',
      `${written(unit)}${at('nfs1:/var/export/registry32')}${enabled}`,
      { verdict: 'kept', summary: 'nfs1:/var/export/registry32 is mounted there' },
    ],
    [
      'the unit says otherwise',
      `${written('[Mount]\n')}${at(share.src)}${enabled}`,
      { verdict: 'kept', summary: '/etc/systemd/system/srv-reg\\x2d1.mount has other content' },
    ],
    ['it would hide files', `${written()}${bare('filled')}${unknown}`, { verdict: 'refused' }],
    [
      'the unit is masked',
      `${written()}${bare('empty')}LoadState=masked\nActiveState=inactive\n`,
      { verdict: 'refused', hint: "systemctl unmask 'srv-reg\\x2d1.mount'" },
    ],
  ])('%s', (_, printed, plan) => {
    expect(planFrom(mount_unit(share), printed)).toMatchObject(plan);
  });

  it('is tried out before another has to go', () => {
    const plan = planFrom(mount_unit(share), `${written('[Mount]\n')}${at('nfs1:/old')}${enabled}`, { force: true });
    expect(plan).toMatchObject({ verdict: 'change', summary: 'nfs1:/old -> nfs1:/var/export/registry31' });
    const script = plan.verdict === 'change' && plan.apply.via === 'sh' ? plan.apply.script.script : '';
    const order = [
      'mktemp -d /run/provision-mount',
      'systemctl stop',
      'What=nfs1',
      'daemon-reload',
      'chmod 0000',
      'systemctl start -- ',
      'systemctl -q --no-reload enable',
    ];
    const places = order.map((words) => script.lastIndexOf(words));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('goes', () => {
    const gone = mount_unit({ path: '/srv/reg-1', state: 'absent' });
    expect(planFrom(gone, `${written(unit)}${at(share.src)}${enabled}`)).toMatchObject({
      summary: 'unmounted, unit removed',
    });
    expect(planFrom(gone, `${written()}${bare('absent')}${unknown}`)).toMatchObject({ verdict: 'ok' });
  });

  it('needs systemd', () => {
    expect(
      planFrom(mount_unit(share), `${written()}${bare('empty')}${unknown}`, { facts: { service_manager: 'none' } }),
    ).toMatchObject({ verdict: 'refused', message: 'this host has no systemd' });
  });
});

it('a path whose unit would have a name that is too long was written in vain', () => {
  const params = { src: 'nfs1:/share', fstype: 'nfs' };
  const result = mount_unit.params.safeParse({ ...params, path: `/srv/${'a/'.repeat(123)}a` });
  expect(result.error?.issues.map(({ message }) => message)).toEqual([
    'is too long for systemd: the name of its unit may have 255 characters. `mount` takes it',
  ]);
  expect(mount_unit.params.safeParse({ ...params, path: `/srv/${'a/'.repeat(122)}a` }).success).toBe(true);
});
