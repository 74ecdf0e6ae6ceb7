import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { imagesDirectory, recipeFile, recipeKey } from '../machine/cache.js';
import { docker, label } from '../machine/engine.js';
import { removeContainers } from '../machine/leftovers.js';
import { step } from '../machine/progress.js';
import { imageExists } from './host-image.js';

export type RedHatRelease = 'el7' | 'el9';

/** The names of the images that behave as the Red Hat family does, built or not, by the host image they are made of. */
export async function redHatImageNames(hostImage: string): Promise<Record<RedHatRelease, string>> {
  const sources = (await readdir(join(imagesDirectory, 'red-hat'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(imagesDirectory.length + 1))
    .sort();
  const texts = await Promise.all(sources.map((path) => recipeFile(path)));
  const key = recipeKey(hostImage, sources, texts, await recipeFile('red-hat-image.ts'));
  return { el7: `provision-lab/el7:${key}`, el9: `provision-lab/el9:${key}` };
}

/** Makes one be there: the host image with that family's package manager, a repository of packages, and its names. */
export async function redHatImage(hostImage: string, release: RedHatRelease, image: string): Promise<void> {
  if (await imageExists(image)) return;
  await step(`build ${release}`, async () => {
    await removeContainers('builder'); // a former run's, if it was killed
    const builder = await docker('run', '-d', '--rm', '--label', `${label}=builder`, hostImage, 'sleep', 'infinity');
    try {
      await docker('cp', join(imagesDirectory, 'red-hat'), `${builder}:/build`);
      await docker('exec', builder, 'sh', '/build/build.sh', release);
      await docker('exec', builder, 'rm', '-r', '/build');
      await docker('commit', '-c', 'CMD ["/sbin/init"]', builder, image);
    } finally {
      await docker('rm', '--force', '--volumes', builder);
    }
  });
}
