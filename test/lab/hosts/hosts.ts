import { execa } from 'execa';
import { recipeFile, recipeKey } from '../machine/cache.js';
import { docker, label, linkMtu } from '../machine/engine.js';
import { step } from '../machine/progress.js';
import { hostPublicKey, identityOf } from './keys.js';
import { network, nfs1, type Place, registryPort, sshPort } from './places.js';
import { waitForLogin } from './ssh.js';

/** The bridge of the lab. */
export async function networkUp(): Promise<void> {
  const { exitCode } = await execa('docker', ['network', 'inspect', network.name], { reject: false });
  if (exitCode === 0) return;
  const mtu = `com.docker.network.driver.mtu=${await linkMtu()}`;
  const place = ['--subnet', network.subnet, '--gateway', network.gateway];
  await docker('network', 'create', '--label', label, ...place, '-o', mtu, network.name);
}

/** Makes a host run this image: left alone where it does so already, else made anew. */
export async function hostUp(place: Place, image: string): Promise<void> {
  const recipe = recipeKey(
    image,
    place,
    network,
    await hostPublicKey(place.name),
    await recipeFile('..', 'hosts', 'hosts.ts'),
  );
  const format = `{{.State.Running}} {{index .Config.Labels "${label}.recipe"}}`;
  const { stdout } = await execa('docker', ['inspect', '--format', format, container(place.name)], { reject: false });
  if (stdout === `true ${recipe}`) return;
  await step(`make ${place.name}`, () => makeHost(place, image, recipe));
}

/** Takes a host away, with what its engine stored. */
export async function hostDown(place: Place): Promise<void> {
  await execa('docker', ['rm', '--force', '--volumes', container(place.name)], { reject: false });
  await execa('docker', ['volume', 'rm', '--force', volumeOf(place)], { reject: false });
}

async function makeHost(place: Place, image: string, recipe: string): Promise<void> {
  await hostDown(place);
  await docker('volume', 'create', '--label', label, volumeOf(place));
  await docker(
    ...['create', '--name', container(place.name), '--hostname', place.name],
    ...['--label', `${label}=host`, '--label', `${label}.recipe=${recipe}`],
    ...['--network', network.name, '--network-alias', place.name, '--ip', place.inside],
    ...['--add-host', `${nfs1.name}:${nfs1.inside}`, '--add-host', `controller:${network.gateway}`],
    ...['-p', `${place.address}:${sshPort}:22`],
    ...[registryPort, ...(place.ports ?? [])].flatMap((port) => ['-p', `${place.address}:${port}:${port}`]),
    ...withSystemd,
    ...['-v', `${volumeOf(place)}:/var/lib/docker`],
    image,
  );
  await docker('cp', `${identityOf(place.name)}/.`, `${container(place.name)}:/etc/ssh/`);
  await docker('start', container(place.name));
  await waitForLogin(place.name, 60_000, async () => {
    const running = await docker('inspect', '--format', '{{.State.Running}}', container(place.name));
    return running === 'true'
      ? undefined
      : `its container ended: ${await docker('logs', '--tail', '15', container(place.name))}`;
  });
}

/** What lets systemd and a nested dockerd run, without `--privileged` (which not every sandbox grants). */
const withSystemd = [
  ...['--cgroupns=host', '--stop-signal', 'SIGRTMIN+3', '--tmpfs', '/run', '--tmpfs', '/tmp'],
  ...['-v', '/sys/fs/cgroup:/sys/fs/cgroup:rw', '--device', '/dev/fuse', '--device-cgroup-rule', 'a *:* rwm'],
  ...['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_PTRACE', '--cap-add', 'MKNOD'],
  ...['seccomp=unconfined', 'apparmor=unconfined', 'systempaths=unconfined'].flatMap((option) => [
    '--security-opt',
    option,
  ]),
];

/** The name that the engine knows a host's container by. */
export function container(host: string): string {
  return `provision-lab-${host}`;
}

function volumeOf(place: Place): string {
  return `provision-lab-${place.name}-docker`;
}
