import type { ConnectionSettings } from '../../model/play.js';
import { type SshTarget, sshTarget } from './config/ssh-config.js';
import { publicHalf, readKeyFile } from './keys/key-file.js';
import { keysOfAgent } from './keys/ssh-agent.js';
import { jumpSettings } from './ssh-route.js';

/**
 * The encrypted keys without which hosts (or the jump hosts before them) can't be logged in to: no other key, agent or
 * password is there for them. What ssh itself can't resolve is left for the connection to complain of.
 */
export async function lockedKeys(all: readonly ConnectionSettings[]): Promise<string[]> {
  const targets = await Promise.all(all.filter(({ connection }) => connection === 'ssh').map(reached));
  const wanted = new Set<string>();
  const agents = new Map<string, Promise<Buffer[]>>();
  for (const { target, settings } of targets.flat()) {
    for (const file of await neededFor(target, settings, agents)) wanted.add(file);
  }
  return [...wanted];
}

interface Reached {
  readonly target: SshTarget;
  readonly settings: ConnectionSettings;
}

/** A host and the jump hosts before it. One that can't be resolved needs no key yet: it says why when it is dialled. */
async function reached(settings: ConnectionSettings): Promise<Reached[]> {
  const target = await sshTarget(settings).catch(() => undefined);
  if (target === undefined) return [];
  const hops = await Promise.all(
    target.jumps.map(async (jump) => {
      const hop = jumpSettings(jump, settings);
      const resolved = await sshTarget(hop).catch(() => undefined);
      return resolved === undefined ? [] : [{ target: resolved, settings: hop }];
    }),
  );
  return [...hops.flat(), { target, settings }];
}

async function neededFor(
  target: SshTarget,
  { password }: ConnectionSettings,
  agents: Map<string, Promise<Buffer[]>>,
): Promise<string[]> {
  if (password !== undefined && !target.identityFilesGiven) return [];
  const held = target.agent === undefined ? [] : await heldBy(target.agent, agents);
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
  // What the inventory names is what is meant; of ssh's own a locked key is one of several ways in.
  return open && !target.identityFilesGiven ? [] : locked;
}

function heldBy(socket: string, agents: Map<string, Promise<Buffer[]>>): Promise<Buffer[]> {
  const asked =
    agents.get(socket) ??
    keysOfAgent(socket).then((keys) => (keys instanceof Error ? [] : keys.map((key) => key.getPublicSSH())));
  agents.set(socket, asked);
  return asked;
}
