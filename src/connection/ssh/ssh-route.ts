import type { Duplex } from 'node:stream';
import type { ConnectionSettings } from '../../model/play.js';
import { ConnectionError } from '../connection.js';
import { type SshTarget, sshTarget } from './config/ssh-config.js';
import { throughCommand } from './proxy-command.js';
import { sharedHop } from './shared-hops.js';
import { dial, type Link } from './ssh-link.js';
import { within } from './within.js';

/** A link to a host, and its part in the links to the jump hosts it goes through. */
export interface Route {
  readonly target: SshTarget;
  readonly link: Link;
  /** How many jump hosts there are on the way. */
  readonly hops: number;
  /** Lets go of the jump hosts, once the link has ended. */
  release(): void;
}

const mostHops = 8;

/**
 * Reaches a host as ssh_config says: directly, by a command, or through jump hosts, whose keys are checked like any other.
 *
 * @param jumps instead of those of its own ssh_config: the hops before a hop of somebody's list
 */
export async function route(settings: ConnectionSettings, jumps?: readonly string[], depth = 0): Promise<Route> {
  const target = await sshTarget(settings);
  const list = jumps ?? target.jumps;
  const last = list.at(-1);
  const jump = last === undefined ? undefined : jumpSettings(last, settings);
  // `Host *` with a ProxyJump means the jump host too; ssh goes there directly.
  if (jump === undefined || jump.address === settings.address)
    return { target, link: await asHop(depth, settings, straight(target, settings)), hops: 0, release: () => {} };
  if (depth === mostHops) {
    const message = `more than ${mostHops} jump hosts before ${settings.address}: ProxyJump goes round in circles`;
    throw new ConnectionError('unresolved', message, 'set ProxyJump none for the jump host in ssh_config');
  }
  const before = list.slice(0, -1);
  const { address, port, user, knownHostsFiles, acceptNew } = jump;
  const key = JSON.stringify([address, port, user, knownHostsFiles, acceptNew, before, depth]);
  const next = await sharedHop(key, () => route(jump, before.length > 0 ? before : undefined, depth + 1));
  try {
    const dialled = dial(target, settings, () => forward(next.link, target));
    return { target, link: await asHop(depth, settings, dialled), hops: next.hops + 1, release: next.release };
  } catch (error) {
    next.release();
    throw error;
  }
}

/** Of several keys that are checked on the way, a message tells whose it was. */
function asHop(depth: number, { address }: ConnectionSettings, link: Promise<Link>): Promise<Link> {
  if (depth === 0) return link;
  return link.catch((error: unknown) => {
    if (!(error instanceof ConnectionError)) throw error;
    throw new ConnectionError(error.problem, `jump host ${address}: ${error.message}`, error.hint, { cause: error });
  });
}

function straight(target: SshTarget, settings: ConnectionSettings): Promise<Link> {
  const { proxyCommand } = target;
  return proxyCommand === undefined
    ? dial(target, settings)
    : dial(target, settings, () => throughCommand(proxyCommand, target));
}

/** A jump host is reached by its own ssh_config; how the inventory says to log in to the host is not for it. */
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

function forward(hop: Link, { host, port }: SshTarget): Promise<Duplex> {
  return within(
    10,
    () => new ConnectionError('timeout', `no way from the jump host to ${host}:${port}`),
    (resolve, reject) => {
      hop.client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
        if (error)
          reject(new ConnectionError('refused', `the jump host cannot reach ${host}:${port}: ${error.message}`));
        else resolve(stream);
      });
    },
  );
}
