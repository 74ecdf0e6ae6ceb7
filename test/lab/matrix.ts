import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { labHost, type Scratch, scratch } from '../kit/inventory.js';
import { named, provisionJson } from '../kit/provision.js';
import { labUp, placeOf, registry2, resetHost, ssh } from './lab.js';
import { writeTableInReadme } from './table-in-readme.js';

/*
 * Every role on every kind of host: looked at, made, made again, looked at again. Writes the table of README.md beside
 * this file. `npm run matrix [-- HOST …]` as root on Debian; the suites hold the same in parts, this is to see it whole.
 */
const kinds = {
  registry1: 'Debian 12',
  el7: 'like EL 7',
  el9: 'like EL 9',
  nfs1: 'Debian 12, virtual machine with NFS',
} as const;
type Host = keyof typeof kinds;

interface Cell {
  readonly label: string;
  readonly role: string;
  /** Hosts that it is not for, and why. */
  readonly not?: Partial<Record<Host, string>>;
  readonly vars: (host: Host) => Record<string, unknown>;
}

const upstream = `${placeOf('upstream').inside}:5000`;
const images = ['library/busybox:1', 'rhosp13/openstack-cron:13.0'];
const cells: readonly Cell[] = [
  {
    label: 'nfs-export',
    role: 'nfs-export',
    vars: () => ({ nfs_exports: ['/var/export/registry31 *(rw,sync,no_wdelay,all_squash)'] }),
    not: { registry1: 'a container has no NFS in its kernel; those like EL leave it out of their unit' },
  },
  {
    label: 'docker-config',
    role: 'docker-config',
    vars: (host) => ({
      docker_install: host !== 'el9',
      docker_insecure_registries: [upstream, `${host}:5000`],
      // Its kernel has AppArmor, and docker runs nothing there without the parser.
      ...(host === 'nfs1' ? { docker_packages: ['docker.io', 'apparmor'] } : {}),
    }),
  },
  {
    label: 'podman-config',
    role: 'podman-config',
    vars: () => ({
      podman_install: true,
      podman_registries: [{ registry: upstream, insecure: true }],
      podman_proof_image: `${upstream}/library/busybox:1`,
    }),
    not: { el7: "EL 7's podman is too old to be looked for" },
  },
  {
    label: 'containerd-config',
    role: 'containerd-config',
    vars: () => ({
      containerd_install: true,
      containerd_registries: [{ registry: upstream, insecure: true }],
      containerd_proof_image: `${upstream}/library/busybox:1`,
    }),
    not: { el7: 'has no containerd of its own', el9: 'has no containerd of its own' },
  },
  { label: 'registry-setup, package', role: 'registry-setup', vars: () => ({ registry_delete_enabled: true }) },
  {
    label: 'registry-setup, docker',
    role: 'registry-setup',
    vars: () => ({
      registry_runtime: 'docker',
      registry_instances: [{ port: 5001 }],
      registry_image_archive: registry2,
    }),
    not: { el9: 'EL 9 has no docker of its own' },
  },
  {
    label: 'registry-setup, podman',
    role: 'registry-setup',
    vars: () => ({
      registry_runtime: 'podman',
      registry_instances: [{ port: 5002 }],
      registry_image_archive: registry2,
    }),
    not: { el7: "EL 7's podman is too old to be looked for" },
  },
  {
    label: 'registry-setup, embedded',
    role: 'registry-setup',
    vars: () => ({ registry_runtime: 'embedded', registry_instances: [{ port: 5003 }] }),
  },
  {
    label: 'image-sync',
    role: 'image-sync',
    vars: () => ({
      image_sync_upstream: `http://${upstream}`,
      image_sync_local: 'localhost:5000',
      image_sync_images: images,
    }),
  },
  {
    label: 'docker-registry-setup',
    role: 'docker-registry-setup',
    vars: (host) => ({
      docker_registry_setup_upstream_hostname: placeOf('upstream').inside,
      docker_registry_setup_upstream_port: 5000,
      docker_registry_setup_local_hostname: host === 'nfs1' ? 'localhost' : placeOf(host).inside,
      docker_registry_setup_container_images: [{ imagename: 'cron' }],
    }),
  },
];

interface Run {
  readonly seconds: number;
  readonly changes: number;
  readonly wrong: string[];
}

interface Row {
  readonly host: Host;
  readonly label: string;
  readonly runs: readonly [before: Run, first: Run, second: Run, after: Run];
}

const asked = process.argv.slice(2);
const hosts = (Object.keys(kinds) as Host[]).filter((host) => asked.length === 0 || asked.includes(host));
await labUp({ vm: hosts.includes('nfs1'), extra: hosts.filter((host) => host !== 'nfs1') });
const folder = scratch();
try {
  const rows: Row[] = [];
  for (const host of hosts) rows.push(...(await onHost(host, folder)));
  writeTableInReadme(
    'matrix',
    ['host', 'role', 'looked at before', 'first run', 'second run', 'looked at after'],
    rows.map(row),
  );
  const wrong = rows.flatMap(({ host, label, runs }) =>
    runs.flatMap((run) => run.wrong.map((what) => `${host}, ${label}: ${what}`)),
  );
  console.log(wrong.length === 0 ? 'nothing was wrong' : wrong.join('\n'));
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  folder.remove();
}

async function onHost(host: Host, folder: Scratch): Promise<Row[]> {
  await resetHost(host);
  await bringNode(host);
  // In a container podman can't lay one file system over another.
  if (host === 'registry1')
    await ssh(
      host,
      `mkdir -p /etc/containers && printf '[storage]\\ndriver = "vfs"\\nrunroot = "/run/containers/storage"\\ngraphroot = "/var/lib/containers/storage"\\n' > /etc/containers/storage.conf`,
    );
  const inventory = folder.inventory({ [host]: labHost(host) });
  const rows: Row[] = [];
  for (const { label, role, vars, not } of cells) {
    if (not?.[host] !== undefined) continue;
    const site = folder.write('site.yaml', JSON.stringify([{ hosts: 'all', roles: [{ role, vars: vars(host) }] }]));
    const run = async (...flags: string[]): Promise<Run> => {
      const { tasks, seconds, status, stderr } = await provisionJson([site, '-i', inventory, ...flags]);
      const wrong = named(tasks, 'failed').concat(status === 0 ? [] : [`exit status ${status} ${stderr}`]);
      return { seconds, changes: named(tasks, 'changed', 'would-change').length, wrong };
    };
    const before = await run('--check');
    const first = await run();
    const second = await run();
    const after = await run('--check');
    for (const [again, what] of [
      [second, 'the second run'],
      [after, 'looking at it then'],
    ] as const) {
      if (again.changes > 0) again.wrong.push(`${what} found ${again.changes} changes`);
    }
    rows.push({ host, label, runs: [before, first, second, after] });
    console.log(row(rows.at(-1)));
  }
  return rows;
}

/** The embedded registry needs a Node, which no distribution here has new enough: the one that runs this. */
async function bringNode(host: Host): Promise<void> {
  const { name } = placeOf(host);
  const sent = await execa(
    'ssh',
    [
      '-F',
      fileURLToPath(new URL('.state/ssh_config', import.meta.url)),
      name,
      'cat > /usr/local/bin/node && chmod 755 /usr/local/bin/node',
    ],
    {
      inputFile: process.execPath,
      reject: false,
    },
  );
  const works = await ssh(name, 'node --version');
  if (sent.exitCode !== 0 || works.exitCode !== 0)
    throw new Error(`no node on ${name}: ${sent.stderr} ${works.stderr}`);
}

function row(made: Row | undefined): string {
  if (made === undefined) return '';
  const shown = made.runs.map(
    ({ seconds, changes, wrong }) => `${seconds.toFixed(1)} s, ${changes}${wrong.length > 0 ? ' WRONG' : ''}`,
  );
  return `| ${[kinds[made.host], made.label, ...shown].join(' | ')} |`;
}
