import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { cachedFile, inCache, recipeFile, recipeKey } from '../machine/cache.js';
import { docker, label } from '../machine/engine.js';
import { removeContainers } from '../machine/leftovers.js';
import { step, until } from '../machine/progress.js';
import { imageExists } from './host-image.js';
import { push } from './push.js';
import { upstreamImages } from './upstream-content.js';

/** The images with Debian's docker-registry in them: upstream's, and what stands for the hub's `registry:2`. */
export interface RegistryImages {
  upstream: string;
  /** A `docker save` archive of `registry:2`. */
  registryTar: string;
}

const recipe = [
  'registry-images.ts',
  'registry-rootfs.sh',
  'upstream-content.ts',
  'upstream-names.ts',
  'image.ts',
  'layer.ts',
  'push.ts',
];

/** Both, built in one container of the host image where either is missing. */
export async function registryImages(hostImage: string): Promise<RegistryImages> {
  const key = recipeKey(hostImage, await Promise.all(recipe.map((name) => recipeFile(name))));
  const upstream = `provision-lab/upstream:${key}`;
  let builder: Promise<string> | undefined;
  const container = () => (builder ??= startBuilder(hostImage));
  try {
    const save = async (partial: string) => saveRegistry(await container(), partial);
    const registryTar = await cachedFile('registry2.tar', key, save);
    if (!(await imageExists(upstream)))
      await step('build upstream', async () => commitUpstream(await container(), upstream));
    return { upstream, registryTar };
  } finally {
    if (builder !== undefined) await docker('rm', '--force', '--volumes', await builder);
  }
}

async function startBuilder(hostImage: string): Promise<string> {
  await removeContainers('builder'); // a former run's, if it was killed
  const options = ['--rm', '--label', `${label}=builder`, '-p', '127.0.0.1::5000'];
  const container = await docker('run', '-d', ...options, hostImage, 'sleep', 'infinity');
  await docker(
    'exec',
    container,
    'apt-get',
    'install',
    '-q',
    '--yes',
    '--no-install-recommends',
    'docker-registry',
    'busybox-static',
  );
  return container;
}

async function saveRegistry(container: string, path: string): Promise<void> {
  const rootfs = execa('docker', ['exec', '-i', container, 'sh', '-s'], {
    input: await recipeFile('registry-rootfs.sh'),
    encoding: 'buffer',
    buffer: false,
  });
  const tar = inCache('build', 'registry-rootfs.tar');
  await mkdir(inCache('build'), { recursive: true });
  await Promise.all([pipeline(rootfs.readable(), createWriteStream(tar)), rootfs]);
  const changes = [
    'ENTRYPOINT ["/bin/registry"]',
    'CMD ["serve","/etc/docker/registry/config.yml"]',
    'EXPOSE 5000',
    'VOLUME /var/lib/registry',
  ];
  const image = await docker('import', ...changes.flatMap((change) => ['-c', change]), tar);
  await rm(tar);
  await borrowTag('registry:2', image, () => docker('save', '-o', path, 'registry:2'));
}

/** Does something while an image has a name, which is then what it was before: the engine may be someone's own. */
async function borrowTag(name: string, image: string, work: () => Promise<unknown>): Promise<void> {
  const former = await docker('image', 'ls', '--quiet', '--no-trunc', name);
  await docker('tag', image, name);
  await work();
  if (former !== '') await docker('tag', former, name);
  await docker('image', 'rm', ...(former === '' ? [name] : [image]));
}

async function commitUpstream(container: string, image: string): Promise<void> {
  const busybox = await execa('docker', ['exec', container, 'cat', '/bin/busybox'], {
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  const config = '/etc/docker/registry/config.yml';
  await docker('exec', container, 'sed', '-i', '/^auth:/,/path:/d', config); // Debian's asks for a password
  await docker('exec', '-d', container, 'docker-registry', 'serve', config);
  const registry = `http://${await docker('port', container, '5000/tcp')}`;
  const answers = () =>
    fetch(`${registry}/v2/`).then(
      (response) => response.ok,
      () => false,
    );
  await until('the registry of upstream', 20_000, answers);
  await push(registry, upstreamImages(busybox.stdout));
  await docker('exec', container, 'sh', '-c', 'chown -R docker-registry: /var/lib/docker-registry');
  await docker('commit', '-c', 'CMD ["/sbin/init"]', container, image);
}
