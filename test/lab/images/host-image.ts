import { cachedFile } from '../machine/cache.js';
import { docker, label } from '../machine/engine.js';
import { step } from '../machine/progress.js';
import { basePackages, buildRootfs, type Rootfs, rootfsKey } from './rootfs.js';

const rootfs: Rootfs = {
  packages: basePackages,
  archives: ['docker.io', 'iptables', 'docker-registry', 'nfs-kernel-server', 'nfs-common', 'skopeo', 'busybox-static'],
};

/** The image of a bare host: systemd and sshd run; engines and registries are a quick `apt-get install` away. */
export async function hostImage(): Promise<string> {
  const key = await rootfsKey(rootfs);
  const image = `provision-lab/host:${key}`;
  if (await imageExists(image)) return image;
  const tar = await cachedFile('host.tar', key, (partial) => buildRootfs(rootfs, partial, 'tar'));
  await step('import the host image', () =>
    docker('import', '-c', 'CMD ["/sbin/init"]', '-c', `LABEL ${label}=image`, tar, image),
  );
  return image;
}

/** Whether the engine has an image. */
export async function imageExists(image: string): Promise<boolean> {
  return (await docker('image', 'ls', '--quiet', image)) !== '';
}
