import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { labHost, type Scratch, scratch } from '../kit/inventory.js';
import { provision } from '../kit/provision.js';
import { container, labUp, registry2, resetHost, ssh, stateDirectory } from './lab.js';
import { writeTableInReadme } from './table-in-readme.js';

/*
 * An operator's week with one site, on three hosts of the lab: from bare to done, changes, drift, a restart, files that
 * their readers refuse, things that are renamed or dropped, and the end. All that is printed is kept in .state/week; the
 * table of README.md beside this folder has the closing lines. `npm run week` as root on Debian; some ten minutes.
 */
interface Step {
  readonly day: string;
  /** Command after `provision site.yaml`. */
  readonly options: readonly string[];
  readonly status: number;
  /** Expected in, or (false) missing from, what is printed, by expressions. */
  readonly prints?: readonly RegExp[];
  readonly lacks?: readonly RegExp[];
  /** Command on a host, with what it must print. */
  readonly holds?: readonly (readonly [host: string, script: string, prints: RegExp])[];
}

interface Change {
  readonly day: string;
  /** Done by the operator before the next step. */
  readonly site?: Partial<Wishes>;
  readonly byHand?: readonly (readonly [host: string, script: string])[];
  readonly restart?: string;
}

/** Site in the words of this week. */
interface Wishes {
  readonly exports: readonly string[];
  readonly logSize: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly password: string;
  readonly images: readonly string[];
  readonly instances: readonly Readonly<Record<string, unknown>>[];
  readonly clients: readonly string[];
}

const five = ['mariadb', 'nova-api', 'glance-api', 'keystone', 'horizon'];
const main = { name: 'main', port: 5000, backup_schedule: 'daily', backup_directory: '/srv/backups' };
const secure = { name: 'secure', port: 5001, tls: 'own-ca' };
let wishes: Wishes = {
  exports: ['/var/export/registry31 *(rw,sync,all_squash)', '/var/export/old *(ro)'],
  logSize: '10m',
  options: {},
  password: 'first-word',
  images: five,
  instances: [main, secure],
  clients: ['registry1:5000', 'registry1:5001'],
};

function siteOf({ exports, logSize, options, password, images, instances, clients }: Wishes): object[] {
  const account = { username: 'puller', password };
  const docker = {
    docker_install: true,
    docker_config_style: 'daemon-json',
    docker_log_driver: 'json-file',
    docker_log_options: { 'max-size': logSize },
  };
  return [
    {
      name: 'The share',
      hosts: 'nfs1',
      vars: { nfs_exports: exports },
      roles: ['nfs-export'],
      tasks: [
        { directory: { path: '/srv/registry31' } },
        {
          mount: {
            ...{ path: '/srv/registry31', src: 'localhost:/var/export/registry31', fstype: 'nfs' },
            ...{ opts: 'vers=4.2,soft', state: 'mounted' },
          },
        },
      ],
    },
    {
      name: 'The registries and their images',
      hosts: 'registry1',
      vars: {
        ...docker,
        docker_insecure_registries: ['registry1:5000', 'upstream:5000'],
        docker_daemon_options: options,
        registry_runtime: 'docker',
        registry_image_archive: registry2,
        registry_accounts: [{ name: 'puller', password }],
        registry_delete_enabled: true,
        registry_gc_schedule: 'Sun 03:00',
        registry_instances: instances,
        image_sync_upstream: 'http://upstream:5000',
        image_sync_local: 'localhost:5000',
        image_sync_credentials: { 'localhost:5000': account },
        image_sync_images: images.map((name) => ({ name: `rhosp13/openstack-${name}:13.0`, target: `mirror/${name}` })),
      },
      roles: ['docker-config', 'registry-setup', ...(images.length > 0 ? ['image-sync'] : [])],
    },
    {
      name: 'Whoever pulls',
      hosts: 'client1',
      vars: {
        ...docker,
        docker_insecure_registries: ['registry1:5000'],
        docker_auths: clients.map((registry) => ({ registry, ...account })),
        docker_ca_certificates: clients
          .filter((registry) => registry.endsWith(':5001'))
          .map((registry) => ({ registry, from: 'own-ca' })),
      },
      roles: ['docker-config'],
    },
  ];
}

const pulls =
  'docker image rm -f registry1:5000/mirror/keystone:13.0 >/dev/null 2>&1; docker pull -q registry1:5000/mirror/keystone:13.0';
const catalog = (password: string) => `curl -s -u puller:${password} localhost:5000/v2/_catalog`;
const whole = /mirror\/glance-api.*mirror\/horizon.*mirror\/keystone.*mirror\/mariadb.*mirror\/nova-api/;

const week: readonly (Step | Change)[] = [
  { day: '1: bare', options: ['--check', '--diff'], status: 0 },
  { day: '1', options: [], status: 0, holds: [['client1', pulls, /keystone/]] },
  { day: '1', options: [], status: 0, lacks: [/changed=[1-9]/, /kept=[1-9]/] },
  {
    day: '2: exports, size of logs, password and images change',
    site: {
      exports: ['/var/export/registry31 *(rw,sync,root_squash)', '/var/export/old *(ro)'],
      logSize: '20m',
      password: 'second-word',
      images: [...five, 'cron'],
    },
  },
  { day: '2', options: ['--check'], status: 0 },
  { day: '2', options: [], status: 0 },
  {
    day: '2',
    options: ['--update'],
    status: 0,
    lacks: [/kept=[1-9]/],
    holds: [
      ['client1', pulls, /keystone/],
      ['nfs1', 'exportfs -v', /registry31\s+<world>\(.*root_squash/],
    ],
  },
  { day: '2', options: [], status: 0, lacks: [/changed=[1-9]/, /kept=[1-9]/] },
  {
    day: '3: drift',
    byHand: [
      ['nfs1', "echo '/var/export/hand *(ro)' >> /etc/exports; mkdir -p /var/export/hand"],
      ['registry1', `sed -i 's/"20m"/"99m"/' /etc/docker/daemon.json`],
      ['registry1', 'docker stop secure'],
      ['registry1', 'rm -r /var/lib/registry/main/docker/registry/v2/repositories/mirror/horizon'],
      ['client1', 'rm /etc/docker/certs.d/registry1:5001/ca.crt'],
    ],
  },
  { day: '3', options: ['--check', '--strict'], status: 3 },
  { day: '3', options: [], status: 0 },
  { day: '3', options: ['--update'], status: 0 },
  {
    day: '3',
    options: ['--force'],
    status: 0,
    lacks: [/kept=[1-9]/],
    holds: [['registry1', catalog('second-word'), whole]],
  },
  { day: '3', options: [], status: 0, lacks: [/changed=[1-9]/, /kept=[1-9]/] },
  { day: '4: a host restarts', restart: 'registry1' },
  { day: '4', options: [], status: 0, lacks: [/changed=[1-9]/, /kept=[1-9]/], holds: [['client1', pulls, /keystone/]] },
  {
    day: '4: an export and an option that are refused',
    site: {
      exports: ['/var/export/registry31 *(rw,sync,root_squash) nosuch.invalid(rw)', '/var/export/old *(ro)'],
      options: { labels: ['x'] },
    },
  },
  {
    day: '4',
    options: ['--update'],
    status: 2,
    holds: [
      [
        'nfs1',
        'exportfs -v; findmnt -n -o FSTYPE /srv/registry31; touch /srv/registry31/probe && echo written',
        /registry31[\s\S]*nfs4[\s\S]*written/,
      ],
      ['registry1', 'systemctl is-active docker', /^active/],
      ['client1', pulls, /keystone/],
    ],
  },
  {
    day: '4: corrected',
    site: { exports: ['/var/export/registry31 *(rw,sync,root_squash)', '/var/export/old *(ro)'], options: {} },
  },
  { day: '4', options: ['--update'], status: 0 },
  { day: '4', options: [], status: 0, lacks: [/changed=[1-9]/, /kept=[1-9]/] },
  {
    day: '5: main becomes prod; secure, an export, an image, the account and the CA of a client are dropped',
    site: {
      exports: ['/var/export/registry31 *(rw,sync,root_squash)'],
      images: five,
      instances: [{ ...main, name: 'prod' }],
      clients: ['registry1:5000'],
    },
  },
  { day: '5', options: ['--check'], status: 0 },
  { day: '5', options: [], status: 0, holds: [['registry1', catalog('second-word'), whole]] },
  { day: '5', options: ['--prune', '--update', '--check'], status: 0 },
  {
    day: '5',
    options: ['--prune', '--update'],
    status: 0,
    holds: [
      ['registry1', 'curl -sk -o /dev/null -w "%{http_code}" https://localhost:5001/v2/', /^000/],
      ['client1', 'ls /etc/docker/certs.d; cat /root/.docker/config.json', /^(?![\s\S]*5001)/],
      ['client1', pulls, /keystone/],
    ],
  },
  { day: '5', options: ['--prune'], status: 0, lacks: [/changed=[1-9]/, /kept=[1-9]/] },
  {
    day: '6: the registry is to be absent',
    site: { instances: [{ ...main, name: 'prod', state: 'absent' }], images: [] },
  },
  { day: '6', options: [], status: 0 },
  {
    day: '6',
    options: ['--prune'],
    status: 0,
    holds: [['registry1', 'curl -s -o /dev/null -w "%{http_code}" http://localhost:5000/v2/', /^000/]],
  },
  { day: '6', options: [], status: 0, lacks: [/changed=[1-9]/, /kept=[1-9]/, /pending/] },
];

interface Row {
  readonly day: string;
  readonly command: string;
  readonly seconds: number;
  readonly counts: string;
  readonly closing: string;
}

const hosts = ['nfs1', 'registry1', 'client1'];
const printed = join(stateDirectory, 'week');
await labUp();
await resetHost(...hosts);
const folder = scratch();
const wrong: string[] = [];
try {
  const rows = await doWeek(folder);
  writeTableInReadme('week', ['day', 'options', 'time', 'all hosts', 'closing lines'], rows.map(shown));
} finally {
  folder.remove();
}
console.log(wrong.length === 0 ? 'nothing was wrong' : wrong.join('\n'));
process.exitCode = wrong.length === 0 ? 0 : 1;

async function doWeek({ write, inventory }: Scratch): Promise<Row[]> {
  await execa('mkdir', ['-p', printed]);
  const reached = inventory(Object.fromEntries(hosts.map((host) => [host, labHost(host)])));
  const rows: Row[] = [];
  let heading = '';
  for (const [index, step] of week.entries()) {
    if (!('options' in step)) {
      heading = step.day;
      await change(step);
      continue;
    }
    const site = write('site.yaml', JSON.stringify(siteOf(wishes), undefined, 2));
    const { status, stdout, stderr, seconds } = await provision([
      site,
      '-i',
      reached,
      '--output',
      'lines',
      ...step.options,
    ]);
    const text = `${stdout}\n${stderr}`;
    writeFileSync(
      join(printed, `${String(index).padStart(2, '0')}.txt`),
      `${['site.yaml', ...step.options].join(' ')}\n${text}`,
    );
    const row = { day: heading || step.day, command: step.options.join(' '), seconds, ...recapOf(stdout) };
    heading = '';
    rows.push({ ...row, counts: `${row.counts}; exit ${status}` });
    console.log(shown(rows.at(-1)));
    const where = `step ${index} (day ${step.day}, ${step.options.join(' ')})`;
    if (status !== step.status)
      wrong.push(`${where}: exit status ${status}, expected ${step.status}\n${text.slice(-3000)}`);
    for (const each of step.prints ?? []) if (!each.test(stdout)) wrong.push(`${where}: prints nothing of ${each}`);
    for (const each of step.lacks ?? [])
      if (each.test(stdout)) wrong.push(`${where}: prints ${each.exec(stdout)?.[0]}`);
    for (const [host, script, prints] of step.holds ?? []) {
      const result = await ssh(host, script);
      if (!prints.test(result.stdout)) wrong.push(`${where}: ${script} on ${host}: ${result.stdout} ${result.stderr}`);
    }
  }
  return rows;
}

async function change({ site, byHand = [], restart }: Change): Promise<void> {
  wishes = { ...wishes, ...site };
  for (const [host, script] of byHand) {
    const { exitCode, stdout, stderr } = await ssh(host, script);
    if (exitCode !== 0) wrong.push(`by hand on ${host}: ${script}: ${stdout} ${stderr}`);
  }
  if (restart === undefined) return;
  await execa('docker', ['restart', '-t', '10', container(restart)]);
  for (let left = 60; left > 0 && (await ssh(restart, 'systemctl is-active docker')).exitCode !== 0; left -= 1)
    await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** Returns the sums of all hosts, and the lines after them. */
function recapOf(text: string): { readonly counts: string; readonly closing: string } {
  const lines = text.trimEnd().split('\n');
  const recap = lines.filter((line) => /: ok=\d+ +changed=/.test(line));
  const sum = (word: string) =>
    recap.reduce((total, line) => total + Number(new RegExp(`${word}=(\\d+)`).exec(line)?.[1] ?? 0), 0);
  const counts = ['changed', 'kept', 'unknown', 'failed']
    .map((word) => `${sum(word)} ${word}`)
    .filter((each) => !each.startsWith('0 ') || each.endsWith('changed'));
  const last = lines.findLastIndex((line) => /: ok=\d+ +changed=/.test(line));
  const failures = lines.findIndex((line, at) => at > last && /^\d+ failures?$/.test(line));
  return {
    counts: counts.join(', '),
    closing: lines
      .slice(last + 1, failures < 0 ? undefined : failures + 1)
      .filter((line) => line.trim() !== '')
      .join(' · '),
  };
}

function shown(row: Row | undefined): string {
  if (row === undefined) return '';
  const { day, command, seconds, counts, closing } = row;
  const cells = [
    day,
    command === '' ? '' : `\`${command}\``,
    `${seconds.toFixed(1)} s`,
    counts,
    closing.replaceAll('|', '\\|'),
  ];
  return `| ${cells.join(' | ')} |`;
}
