import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { aptSettings, aptSources, release } from '../machine/apt-sources.js';
import { imagesDirectory, inCache, recipeFile, recipeKey } from '../machine/cache.js';

/** A Debian root file system: what is installed in it, and what apt could install in it without a download. */
export interface Rootfs {
  packages: string[];
  archives: string[];
}

/** What every host has: no more than a minimal server that one can log in to. */
export const basePackages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo'],
  ...['iproute2', 'ca-certificates', 'curl', 'procps'],
];

/** Packages that apt of a host knows beside those: what suites and images install, with all that they need. */
const offered = [
  'apparmor busybox busybox-static containernetworking-plugins createrepo-c cron dnf docker-registry docker.io firewalld',
  'fuse-overlayfs haproxy iptables iptables-persistent libfaketime netbase netfilter-persistent nfs-common nfs-kernel-server',
  'nftables nginx-light openssl podman postgresql python3 redis-server rpm skopeo slirp4netns ufw uidmap',
].join(' ');

/** The name of a root file system's recipe, with all that goes into it. */
export async function rootfsKey(rootfs: Rootfs): Promise<string> {
  const scripts = await Promise.all(
    ['configure.sh', 'archives.sh', 'lists.sh', '../rootfs.ts'].map((name) => recipeFile('rootfs', name)),
  );
  return recipeKey(rootfs, scripts, await aptSources(), await aptSettings());
}

/** Builds one with mmdebstrap: as a tar if the target ends so, else as a directory. */
export async function buildRootfs(
  rootfs: Rootfs,
  target: string,
  format: 'tar' | 'directory',
  hooks: string[] = [],
): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('only root can build the root file systems of the lab');
  const settings = inCache('build', 'settings');
  await mkdir(settings, { recursive: true });
  const sources = join(settings, 'debian.sources');
  await writeFile(sources, await aptSources());
  await writeFile(join(settings, 'apt.conf'), await aptSettings());
  const script = (name: string) => `sh ${quote(join(imagesDirectory, 'rootfs', name))} "$1"`;
  const args = [
    ...['--mode=root', '--variant=minbase', `--format=${format}`, '--quiet'],
    ...['--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-exclude=/usr/share/doc/*'],
    '--dpkgopt=force-unsafe-io', // It waited for the disk after each of thousands of files; a build that breaks off is begun anew.
    `--include=${rootfs.packages.join(',')}`,
    '--skip=cleanup/apt/lists,cleanup/apt/cache',
    `--customize-hook=${script('configure.sh')} ${quote(settings)}`,
    `--customize-hook=${script('archives.sh')} ${rootfs.archives.join(' ')}`,
    `--customize-hook=${script('lists.sh')} ${offered}`,
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    ...[release, target, sources],
  ];
  await execa('mmdebstrap', args, { stdin: 'ignore' });
}

/** A word for sh. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
