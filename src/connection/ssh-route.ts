import { Duplex } from 'node:stream';
import { execa } from 'execa';
import type { ConnectionSettings } from '../model/play.js';
import { ConnectionError } from './connection.js';
import { type SshTarget, sshTarget } from './ssh-config.js';
import { dial, type Link } from './ssh-link.js';
import { within } from './within.js';

/** A link to a host, and the links to the jump hosts it goes through, nearest to the host first. */
export interface Route {
  readonly target: SshTarget;
  readonly link: Link;
  readonly hops: readonly Link[];
}

const mostHops = 8;

/** Reaches a host as ssh_config says: directly, through jump hosts, whose keys are checked like any other, or a command. */
export async function route(settings: ConnectionSettings, depth = 0): Promise<Route> {
  const target = await sshTarget(settings);
  if (depth > mostHops)
    throw new ConnectionError(
      'unresolved',
      `more than ${mostHops} jump hosts before ${settings.address}: ProxyJump goes round in circles`,
    );
  const jump = target.jumps.at(-1);
  if (jump !== undefined) return throughJump(target, settings, jump, depth);
  const { proxyCommand } = target;
  const link = await (proxyCommand === undefined
    ? dial(target, settings)
    : dial(target, settings, () => throughCommand(proxyCommand, target)));
  return { target, link, hops: [] };
}

async function throughJump(
  target: SshTarget,
  settings: ConnectionSettings,
  jump: string,
  depth: number,
): Promise<Route> {
  const before = target.jumps.slice(0, -1);
  const next = await hop(settings, jump, before, depth + 1, target);
  try {
    const link = await dial(target, settings, () => forward(next.link, target));
    return { target, link, hops: [next.link, ...next.hops] };
  } catch (error) {
    for (const each of [next.link, ...next.hops]) each.client.end();
    throw error;
  }
}

/** A jump host is reached by its own ssh_config; what the inventory says of the host itself is not for it. */
async function hop(
  settings: ConnectionSettings,
  jump: string,
  before: readonly string[],
  depth: number,
  host: SshTarget,
): Promise<Route> {
  const [, user, named = jump, port] =
    /^(?:(.*)@)?\[?([^@[\]]*?)\]?(?::(\d+))?$/.exec(jump.replace(/^ssh:\/\//, '')) ?? [];
  const own: ConnectionSettings = {
    ...settings,
    address: named,
    user,
    port: port === undefined ? undefined : Number(port),
    identityFiles: [],
    password: undefined,
  };
  const target = await sshTarget(own);
  // `Host *` with a ProxyJump means the jump host too; ssh dials that directly, and so is done here.
  const itself = target.jumps.length > 0 && target.jumps.every((each) => each === jump || each.endsWith(`@${jump}`));
  if (target.host === host.host && target.port === host.port)
    throw new ConnectionError(
      'unresolved',
      `the jump host ${jump} is the host itself`,
      'set ProxyJump none for it in ssh_config',
    );
  const last = before.at(-1);
  if (last !== undefined) return throughJump({ ...target, jumps: before }, own, last, depth);
  if (itself) return { target, link: await dial(target, own), hops: [] };
  return route(own, depth);
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

/** The standard streams of a ProxyCommand as a socket. */
function throughCommand(command: string, { host, port, user }: SshTarget): Duplex {
  const tokens: Readonly<Record<string, string>> = { h: host, p: String(port), r: user, n: host, '%': '%' };
  const expanded = command.replace(/%([hprn%])/g, (_all, token: string) => tokens[token] ?? '');
  const child = execa('sh', ['-c', `exec ${expanded}`], { buffer: false, reject: false, stderr: 'ignore' });
  const duplex = Duplex.from({ writable: child.stdin, readable: child.stdout });
  duplex.once('close', () => child.kill());
  return duplex;
}
