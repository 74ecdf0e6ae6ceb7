import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostDown, hostUp, networkUp } from './hosts/hosts.js';
import { keysUp } from './hosts/keys.js';
import { containers, nfs1, type Place } from './hosts/places.js';
import { s3Down } from './hosts/s3.js';
import { linkRegistry, places, writeState } from './hosts/state.js';
import { vmDown, vmUp } from './hosts/vm.js';
import { hostImage } from './images/host-image.js';
import { redHatImage, redHatImageNames } from './images/red-hat-image.js';
import { registryImages } from './images/registry-images.js';
import { cacheDirectory } from './machine/cache.js';
import { engineDown, engineRuns, engineUp } from './machine/engine.js';
import { removeMade, removeOlderImages } from './machine/leftovers.js';
import { alone } from './machine/lock.js';
import { packagesUp } from './machine/packages.js';
import { say } from './machine/progress.js';

export { container } from './hosts/hosts.js';
export { clientKey } from './hosts/keys.js';
export { network, type Place, registryPort, sshPort } from './hosts/places.js';
export { type SshResult, ssh, sshConfig } from './hosts/ssh.js';
export { knownHosts, places, registry2, stateFile, users } from './hosts/state.js';
export { cacheDirectory, stateDirectory } from './machine/cache.js';

export interface UpOptions {
  /** Boot nfs1 as well; true unless said otherwise. */
  vm?: boolean;
  /** Hosts beyond the usual ones: client2, client3, registry2, el7, el9, undercloud. */
  extra?: string[];
}

/** Makes the whole lab be there: builds what is missing, leaves alone what runs. */
export async function labUp({ vm = true, extra = [] }: UpOptions = {}): Promise<void> {
  for (const name of extra) placeOf(name);
  await alone(async () => {
    await prepare(vm);
    const wanted = containers.filter(({ name, usual }) => usual || extra.includes(name));
    await together([hostsUp(wanted.map(({ name }) => name)), ...(vm ? [vmUp()] : [])]);
  });
}

/** Makes hosts bare again, as if never touched; their keys and addresses stay. A host that is not there is made. */
export async function resetHost(...names: string[]): Promise<void> {
  const wanted = names.map(placeOf);
  await alone(async () => {
    await prepare(wanted.includes(nfs1));
    const reset = wanted.filter((place) => place !== nfs1);
    await Promise.all(reset.map(hostDown));
    if (wanted.includes(nfs1)) await vmDown();
    await together([hostsUp(reset.map(({ name }) => name)), ...(wanted.includes(nfs1) ? [vmUp()] : [])]);
  });
}

/** Takes away all that the lab made but its cache; with `purge` the cache too. Stops the engine only if the lab started it. */
export async function labDown({ purge = false }: { purge?: boolean } = {}): Promise<void> {
  if (!existsSync(cacheDirectory)) return say('nothing to take down');
  await alone(async () => {
    await s3Down();
    await vmDown();
    if (await engineRuns()) {
      for (const place of containers) await hostDown(place);
      await removeMade({ images: purge });
    }
    await engineDown();
  });
  if (purge) await rm(cacheDirectory, { recursive: true, force: true });
  say('the lab is down');
}

/** Where a host is; an error that lists the hosts if there is none of this name. */
export function placeOf(name: string) {
  const place = places.find((candidate) => candidate.name === name);
  if (place === undefined)
    throw new Error(`no host ${name} in the lab; there are ${places.map((each) => each.name).join(', ')}`);
  return place;
}

async function prepare(vm: boolean): Promise<void> {
  await packagesUp({ vm, engineRuns: await engineRuns() });
  await engineUp();
  await keysUp(places.map(({ name }) => name));
  await writeState();
  await networkUp();
}

async function hostsUp(names: string[]): Promise<void> {
  const host = await hostImage();
  const { upstream, registryTar } = await registryImages(host);
  await linkRegistry(registryTar);
  const images = { ...(await redHatImageNames(host)), upstream };
  const imageOf = ({ system }: Place) => (system === undefined ? host : images[system]);
  const wanted = containers.filter(({ name }) => names.includes(name));
  for (const release of ['el7', 'el9'] as const) {
    if (wanted.some(({ system }) => system === release)) await redHatImage(host, release, images[release]);
  }
  await Promise.all(wanted.map((place) => hostUp(place, imageOf(place))));
  await removeOlderImages([host, ...Object.values(images)]);
}

/** Waits for all, also when one fails, so that none is left at work behind the caller's back. */
async function together(work: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).filter((result) => result.status === 'rejected');
  if (failed.length === 1) throw failed[0]?.reason;
  if (failed.length > 1) throw new AggregateError(failed.map(({ reason }) => reason));
}
