import { cacheDirectory } from '../machine/cache.js';
import { docker, engineIsOurs, engineRuns, label } from '../machine/engine.js';
import { nfs1, registryPort, sshPort } from './places.js';
import { sshConfig } from './ssh.js';
import { places, users } from './state.js';
import { vmRuns } from './vm.js';

/** What is there, and how to reach it, for a person. */
export async function status(): Promise<string> {
  const engine = await engineRuns();
  const running = new Set(
    engine ? (await docker('ps', '--filter', `label=${label}=host`, '--format', '{{.Names}}')).split('\n') : [],
  );
  if (await vmRuns()) running.add(`provision-lab-${nfs1.name}`);
  const rows = places.map(({ name, address, inside }) => {
    const state = running.has(`provision-lab-${name}`) ? 'up' : '-';
    return [
      name.padEnd(10),
      state.padEnd(3),
      `ssh ${address}:${sshPort}`,
      `registry ${address}:${registryPort}`,
      `inside ${inside}`,
    ].join('  ');
  });
  const who = Object.entries(users).map(([user, { sudo }]) => `${user} (sudo: ${sudo})`);
  return [
    `engine: ${engine ? ((await engineIsOurs()) ? "the lab's own dockerd" : "the machine's own") : 'none'}`,
    `cache:  ${cacheDirectory}`,
    ...rows,
    `users:  ${who.join(', ')}`,
    `by hand: ssh -F ${sshConfig} registry1`,
  ].join('\n');
}
