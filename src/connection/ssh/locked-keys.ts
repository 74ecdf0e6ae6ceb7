import type { ConnectionSettings } from '../../model/play.js';
import { type SshTarget, sshTarget } from './config/ssh-config.js';
import { publicHalf, readKeyFile } from './keys/key-file.js';
import { keysOfAgent } from './keys/ssh-agent.js';
import { jumpSettings } from './ssh-route.js';

/**
 * Returns the encrypted keys that hosts, or the jump hosts before them, can't be logged in to without. Another key, an
 * agent or a password would do instead. A host that ssh can't resolve is left for the connection to report.
 */
export async function lockedKeys(all: readonly ConnectionSettings[]): Promise<string[]> {
  const targets = await Promise.all(all.filter(({ connection }) => connection === 'ssh').map(reach));
  const wanted = new Set<string>();
  const agents = new Map<string, Promise<Buffer[]>>();
  for (const { target, settings } of targets.flat()) {
    for (const file of await keysNeededFor(target, settings, agents)) wanted.add(file);
  }
  return [...wanted];
}

interface Reached {
  readonly target: SshTarget;
  readonly settings: ConnectionSettings;
}

/** Resolves a host and the jump hosts before it. One that can't be resolved is reported when it is dialled. */
async function reach(settings: ConnectionSettings): Promise<Reached[]> {
  const target = await sshTarget(settings).catch(() => undefined); // Dialling it reports why.
  if (target === undefined) return [];
  const hops = await Promise.all(
    target.jumps.map(async (jump) => {
      const hop = jumpSettings(jump, settings);
      const resolved = await sshTarget(hop).catch(() => undefined); // Dialling it reports why.
      return resolved === undefined ? [] : [{ target: resolved, settings: hop }];
    }),
  );
  return [...hops.flat(), { target, settings }];
}

async function keysNeededFor(
  target: SshTarget,
  { password }: ConnectionSettings,
  agents: Map<string, Promise<Buffer[]>>,
): Promise<string[]> {
  if (password !== undefined && !target.identityFilesGiven) return [];
  const held = target.agent === undefined ? [] : await keysHeldBy(target.agent, agents);
  const locked: string[] = [];
  let open = held.length > 0 && !target.identitiesOnly;
  for (const file of target.identityFiles) {
    const { is } = await readKeyFile(file);
    if (is === 'key') open = true;
    if (is !== 'locked') continue;
    const half = await publicHalf(file);
    if (half !== undefined && held.some((one) => one.equals(half))) open = true;
    else locked.push(file);
  }
  // A key that the inventory names is meant; of ssh's own keys, a locked one is just one of several ways in.
  return open && !target.identityFilesGiven ? [] : locked;
}

function keysHeldBy(socket: string, agents: Map<string, Promise<Buffer[]>>): Promise<Buffer[]> {
  const keys =
    agents.get(socket) ??
    keysOfAgent(socket).then((found) => (found instanceof Error ? [] : found.map((key) => key.getPublicSSH())));
  agents.set(socket, keys);
  return keys;
}
