import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { hostPublicKey, identityOf } from '../hosts/keys.js';
import { containers, nfs1 } from '../hosts/places.js';
import { saveMemory, startQemu } from '../hosts/qemu.js';
import { ssh } from '../hosts/ssh.js';
import { cachedFile, imagesDirectory, recipeFile, recipeKey } from '../machine/cache.js';
import { findProgram } from '../machine/packages.js';
import { step } from '../machine/progress.js';
import { basePackages, buildRootfs, quote, type Rootfs, rootfsKey } from './rootfs.js';

const rootfs: Rootfs = {
  // Emulated, nfs-common alone takes a minute to install; with it and python3-yaml there, nfs-kernel-server takes half of one.
  packages: [
    ...basePackages,
    ...['udev', 'linux-image-cloud-amd64', 'initramfs-tools', 'lz4', 'nfs-common', 'python3-yaml', 'skopeo'],
  ],
  archives: ['nfs-kernel-server', 'docker-registry'],
};

const recipe = ['vm-image.ts', '../hosts/qemu.ts'];

/**
 * The directory of nfs1's image: disk, kernel, initrd, and the memory it had when it had booted. A nearly bare server
 * whose kernel, unlike the containers', has NFS. `free` is called before it is built: that takes nfs1's ports.
 */
export async function vmImage(free: () => Promise<void>): Promise<string> {
  const parts = await Promise.all(recipe.map((path) => recipeFile(path)));
  const { stdout: version } = await execa(findProgram('qemu-system-x86_64') ?? 'qemu-system-x86_64', ['--version']);
  const disk = await bareDisk();
  const key = recipeKey(disk, parts, version);
  return cachedFile('vm', key, async (partial) => {
    // A copy: what a boot that comes to no end has written is in no later one's way, and the disk itself is kept.
    await execa('cp', ['-r', '--sparse=always', disk, partial]);
    await free();
    await step('boot nfs1 for the first time', () => startQemu(partial, { from: 'disk' }));
    await ssh(nfs1.name, 'apt-cache policy nfs-kernel-server; sync');
    await saveMemory(join(partial, 'memory'));
  });
}

/** The directory of a disk that was never booted, with kernel and initrd. Kept: it takes longest to make. */
async function bareDisk(): Promise<string> {
  const script = await recipeFile('rootfs/vm.sh');
  const key = recipeKey(await rootfsKey(rootfs), script, hosts(), await hostPublicKey(nfs1.name));
  return cachedFile('vm-disk', key, buildDisk);
}

async function buildDisk(directory: string): Promise<void> {
  const root = join(directory, 'root');
  const script = quote(join(imagesDirectory, 'rootfs', 'vm.sh'));
  const hook = `sh ${script} "$1" ${quote(identityOf(nfs1.name))} ${nfs1.name} ${quote(hosts())}`;
  await mkdir(directory, { recursive: true });
  await buildRootfs(rootfs, root, 'directory', [hook]);
  for (const entry of await readdir(join(root, 'boot'))) {
    const name = /^(vmlinuz|initrd)/.exec(entry)?.[1];
    if (name !== undefined) await cp(join(root, 'boot', entry), join(directory, name));
  }
  await execa('mke2fs', ['-q', '-t', 'ext4', '-d', root, '-L', 'root', join(directory, 'disk.img'), '3G']);
  await rm(root, { recursive: true });
}

/** The other hosts' names, as /etc/hosts has them: a virtual machine behind qemu's NAT can't ask docker. */
function hosts(): string {
  return containers.map(({ inside, name }) => `${inside} ${name}`).join('\n');
}
