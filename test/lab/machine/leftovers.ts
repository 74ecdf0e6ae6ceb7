import { execa } from 'execa';
import { docker, label } from './engine.js';

/** Removes all that has the lab's label: containers of killed runs, volumes, the bridge; images where asked to. */
export async function removeMade({ images }: { images: boolean }): Promise<void> {
  await removeContainers();
  await remove('volume', await found('volume', ['ls']), ['--force']);
  await remove('network', await found('network', ['ls']), []);
  if (images) await remove('image', await found('image', ['ls']), ['--force']);
}

/** Removes the lab's containers, or those of one kind. */
export async function removeContainers(kind?: 'host' | 'builder'): Promise<void> {
  await remove('container', await found('container', ['ls', '--all'], kind), ['--force', '--volumes']);
}

/** Removes images of recipes that are no longer in force, except where a container still runs them. */
export async function removeOlderImages(inForce: string[]): Promise<void> {
  const listed = await docker('image', 'ls', '--filter', `label=${label}`, '--format', '{{.Repository}}:{{.Tag}}');
  for (const image of listed.split('\n').filter((name) => name !== '' && !inForce.includes(name))) {
    await execa('docker', ['image', 'rm', image], { reject: false });
  }
}

async function found(what: string, list: string[], kind?: string): Promise<string[]> {
  const filter = `label=${label}${kind === undefined ? '' : `=${kind}`}`;
  return [...new Set((await docker(what, ...list, '--quiet', '--filter', filter)).split('\n').filter(Boolean))];
}

async function remove(what: string, names: string[], options: string[]): Promise<void> {
  if (names.length > 0) await docker(what, 'rm', ...options, ...names);
}
