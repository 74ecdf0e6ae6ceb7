import type { Duplex } from 'node:stream';
import type { ConnectionSettings } from '../../model/play.js';
import { ConnectionError } from '../connection.js';
import { withDeadline } from '../with-deadline.js';
import { type SshTarget, sshTarget } from './config/ssh-config.js';
import { throughCommand } from './proxy-command.js';
import { sharedHop } from './shared-hops.js';
import { dial, type SshLink, type SshRoute } from './ssh-link.js';

/** Most jump hosts on the way. */
const mostHops = 8;

/**
 * Connects to a host as ssh_config says: directly, by a command, or through jump hosts, whose keys are checked as well.
 *
 * @param jumps hops instead of those of its own ssh_config, for a hop in the list of another host
 */
export async function openRoute(settings: ConnectionSettings, jumps?: readonly string[], depth = 0): Promise<SshRoute> {
  const target = await sshTarget(settings);
  const list = jumps ?? target.jumps;
  const last = list.at(-1);
  const jump = last === undefined ? undefined : jumpSettings(last, settings);
  // `Host *` with a ProxyJump matches the jump host too; ssh dials that directly.
  if (jump === undefined || jump.address === settings.address)
    return {
      target,
      link: await nameHop(depth, settings, dialDirectly(target, settings)),
      hops: 0,
      release: () => {},
    };
  if (depth === mostHops) {
    const message = `more than ${mostHops} jump hosts before ${settings.address}: ProxyJump leads back to a host before`;
    throw new ConnectionError('unresolved', message, 'set ProxyJump none for the jump host in ssh_config');
  }
  const before = list.slice(0, -1);
  const { address, port, user, knownHostsFiles, acceptNew } = jump;
  const key = JSON.stringify([address, port, user, knownHostsFiles, acceptNew, before, depth]);
  const next = await sharedHop(key, () => openRoute(jump, before.length > 0 ? before : undefined, depth + 1));
  try {
    const dialled = dial(target, settings, () => forward(next.link, target));
    return { target, link: await nameHop(depth, settings, dialled), hops: next.hops + 1, release: next.release };
  } catch (error) {
    next.release();
    throw error;
  }
}

/** Names the jump host in an error: several keys are checked on the way. */
function nameHop(depth: number, { address }: ConnectionSettings, link: Promise<SshLink>): Promise<SshLink> {
  if (depth === 0) return link;
  return link.catch((error: unknown) => {
    if (!(error instanceof ConnectionError)) throw error;
    throw new ConnectionError(error.problem, `jump host ${address}: ${error.message}`, error.hint, { cause: error });
  });
}

function dialDirectly(target: SshTarget, settings: ConnectionSettings): Promise<SshLink> {
  const { proxyCommand } = target;
  return proxyCommand === undefined
    ? dial(target, settings)
    : dial(target, settings, () => throughCommand(proxyCommand, target));
}

/** Returns the settings of a jump host. Its own ssh_config decides about the login, not the inventory's words on the host. */
export function jumpSettings(jump: string, settings: ConnectionSettings): ConnectionSettings {
  const [, user, address = jump, port] =
    /^(?:(.*)@)?\[?([^@[\]]*?)\]?(?::(\d+))?$/.exec(jump.replace(/^ssh:\/\//, '')) ?? [];
  return {
    ...settings,
    address,
    user,
    port: port === undefined ? undefined : Number(port),
    identityFiles: [],
    password: undefined,
  };
}

/** Seconds in which a jump host must connect to the next one. */
const forwardSeconds = 10;

function forward(hop: SshLink, { host, port }: SshTarget): Promise<Duplex> {
  return withDeadline(
    forwardSeconds,
    () => new ConnectionError('timeout', `the jump host did not reach ${host}:${port} within ${forwardSeconds} s`),
    (resolve, reject) => {
      hop.client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
        if (error)
          reject(new ConnectionError('refused', `the jump host cannot reach ${host}:${port}: ${error.message}`));
        else resolve(stream);
      });
    },
  );
}
