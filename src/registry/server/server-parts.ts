import { AccessFile } from './access/access-file.js';
import { Gate, type RequestGate } from './access/gate.js';
import type { TokenSettings } from './access/tokens/token-settings.js';
import { Accounts } from './accounts/accounts.js';
import type { Listener, ListenerExtras } from './listener.js';
import type { NotificationOptions, Notifications } from './notifications/notifications.js';
import type { PullThrough } from './pull-through/pull-through.js';
import type { PullThroughOptions } from './pull-through/pull-through-options.js';
import { ExtraHeaders, type HeaderValues } from './rules/extra-headers.js';
import { RateLimit, type RequestRate } from './rules/rate-limit.js';
import type { Store } from './store.js';
import type { ServerTlsFiles } from './tls-server.js';

/** Options of who may do what. */
export interface GateOptions {
  readonly htpasswd?: string | undefined;
  /** File of the accounts' rights (access/access-schema.ts). Default: each may do all. A change in it counts at once. */
  readonly access?: string | undefined;
  /** Let everybody pull, without an account. Default false. */
  readonly anonymousPull?: boolean | undefined;
  readonly tls?: ServerTlsFiles | undefined;
  /** Token server that says who may do what. It takes the place of the accounts and rights above. */
  readonly token?: TokenSettings | undefined;
}

/** Options of answers and of what follows them. */
export interface ExtraOptions {
  /** Requests of a client, an account or an address. Default: without a limit. */
  readonly rateLimit?: RequestRate | undefined;
  /** Headers of all answers beside the server's own. Default: none. */
  readonly headers?: HeaderValues | undefined;
  /** Origins whose pages may read answers: `https://ui.example.com`, or `*`. Default: none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Endpoints that are notified of pushes, pulls, mounts and deletes. Default: none. */
  readonly notifications?: NotificationOptions | undefined;
}

/** Begins to notify endpoints, by modules that are loaded for them alone: they bring the client of https. */
export async function startNotifications(
  { notifications: options }: ExtraOptions,
  complain: (message: string) => void,
): Promise<Notifications | undefined> {
  if (options === undefined) return undefined;
  const { Notifications } = await import('./notifications/notifications.js');
  return await Notifications.start(options, complain);
}

/**
 * Opens the registry that a cache fetches from, by modules that are loaded for it alone. @returns a function that makes
 * the cache of a storage @throws Error for options that can't be used
 */
export async function openUpstream(
  options: PullThroughOptions | undefined,
  complain: (message: string) => void,
): Promise<((store: Store) => PullThrough) | undefined> {
  if (options === undefined) return undefined;
  const [{ PullThrough }, { Upstream }] = await Promise.all([
    import('./pull-through/pull-through.js'),
    import('./pull-through/upstream.js'),
  ]);
  const upstream = new Upstream(options, complain);
  return (store) => new PullThrough(store, upstream, options);
}

/** Makes what a listener has beside the store and accounts. @throws Error for a header that can't be added */
export function extrasOf({ rateLimit, headers = {}, corsOrigins = [] }: ExtraOptions): ListenerExtras {
  const isPlain = Object.keys(headers).length === 0 && corsOrigins.length === 0;
  return {
    limit: rateLimit === undefined ? undefined : new RateLimit(rateLimit),
    headers: isPlain ? undefined : new ExtraHeaders(headers, corsOrigins),
  };
}

/** Makes the gate of a server that has accounts; undefined: everybody may do all. */
export async function openGate(
  { htpasswd, access, anonymousPull, tls, token }: GateOptions,
  complain: (message: string) => void,
): Promise<RequestGate | undefined> {
  if (token !== undefined) return await openTokenGate(token, complain);
  if (htpasswd === undefined && tls?.clientCa === undefined) return undefined;
  const accounts = htpasswd === undefined ? undefined : await Accounts.from(htpasswd, complain);
  return new Gate(accounts, await AccessFile.from(access, anonymousPull ?? false, complain));
}

/** Makes a gate by modules that are loaded for it alone. */
async function openTokenGate(token: TokenSettings, complain: (message: string) => void): Promise<RequestGate> {
  const { TokenGate } = await import('./access/tokens/token-gate.js');
  const { TokenVerifier } = await import('./access/tokens/token-verifier.js');
  return new TokenGate(await TokenVerifier.from(token, complain));
}

/** Opens the socket for upkeep of a server that speaks TLS. Without one the rest works; that is logged. */
export async function openUpkeepSocket(
  { presence, complain }: Store,
  listener: Listener,
  { clientCa, clientAuth }: ServerTlsFiles,
): Promise<void> {
  try {
    await presence.openSocket((request, response) => void listener.answer(request, response, 'socket'));
  } catch (error) {
    const isClosed = clientCa !== undefined && clientAuth !== 'optional';
    const then = isClosed ? 'gc on its host does not reach this server' : 'gc on its host uses the port';
    complain(`no socket for upkeep could be opened, so ${then}: ${String(error)}`);
  }
}
