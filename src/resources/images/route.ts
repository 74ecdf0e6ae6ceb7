import type { LookSession } from '../../model/resource.js';
import { credentialsFrom } from '../../registry/auth/credentials.js';
import { trustFromFolders } from '../../registry/auth/trust-folders.js';
import { limitOptions } from '../../registry/client/limit-options.js';
import { type OpenedRegistry, openRegistry, type RegistryOptions } from '../../registry/client/open.js';
import { openInsecure } from '../../registry/client/open-insecure.js';
import { isLoopbackHost } from '../../registry/client/tokens/trust.js';
import { RegistryError } from '../../registry/registry-error.js';
import { limitsAt } from '../../registry/registry-limits.js';
import { bareRegistry, type ImagesParams, isArchive } from './images-params.js';
import type { ImagesProbe } from './images-probe.js';

/** Route of the bytes of a copy, and its reason. */
export interface Route {
  readonly via: 'direct' | 'target';
  /** The source is asked through the host's connection. */
  readonly sourceThroughHost: boolean;
  readonly why: string;
}

export type Side = Pick<LookSession, 'dial' | 'host'>;

/**
 * Chooses the route. The host copies where it reaches the source and has a curl that can be trusted with a token:
 * then nothing passes through the controller. With several hosts the controller copies where it reaches the source:
 * each blob then crosses the source's link once.
 */
export async function chooseRoute(params: ImagesParams, probe: ImagesProbe, session: LookSession): Promise<Route> {
  const { via } = params;
  if (isArchive(params.from))
    return { via: 'direct', sourceThroughHost: false, why: 'via the controller, which has the archive' };
  const curl = describeOldCurl(probe.curl) ?? describeOwnTrust(params);
  if (via === 'target') {
    if (curl !== undefined)
      throw new RegistryError('unsupported', `the host cannot copy images: ${curl}`, {
        hint: 'install curl on the host, or set image_sync_via: auto',
      });
    return { via, sourceThroughHost: true, why: 'via the host, as requested' };
  }
  if (via === 'direct') return { via, sourceThroughHost: false, why: 'via the controller, as requested' };
  const several = session.peers > 1;
  const first = several ? 'controller' : 'host';
  const refusals: string[] = [];
  for (const asker of first === 'host' ? (['host', 'controller'] as const) : (['controller', 'host'] as const)) {
    const refusal = await reach(params, probe, session, asker);
    if (refusal !== undefined) {
      refusals.push(`${asker === 'host' ? session.host.name : 'the controller'}: ${refusal.message}`);
      continue;
    }
    if (asker === 'controller') {
      const why = several
        ? `${session.peers} hosts get the same: each blob is fetched once`
        : `${session.host.name} does not reach the source`;
      return { via: 'direct', sourceThroughHost: false, why: `via the controller: ${why}` };
    }
    if (curl === undefined)
      return {
        via: 'target',
        sourceThroughHost: true,
        why: `via the host: it reaches the source, and has curl ${probe.curl ?? ''}`,
      };
    return {
      via: 'direct',
      sourceThroughHost: true,
      why: `via the controller, through the host's connection: ${curl}`,
    };
  }
  throw new RegistryError(
    'unreachable',
    `neither the host nor the controller reaches ${bareRegistry(params.from)}: ${refusals.join('; ')}`,
    {
      hint: 'set image_sync_via: engine if docker on the host reaches it by a proxy of its own',
    },
  );
}

/**
 * Returns the reason why a curl can't be used. Older ones send an Authorization on to any host that a redirect names
 * (CVE-2018-1000007).
 */
function describeOldCurl(version: string | undefined): string | undefined {
  if (version === undefined) return 'the host has no curl';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 7 || (major === 7 && minor >= 75) ? undefined : `its curl is ${version}, and 7.75 or newer is needed`;
}

/** Returns the reason why the host can't be told of certificates that a list brings: they are on the controller. */
function describeOwnTrust({ trust }: ImagesParams): string | undefined {
  const [host] = Object.entries(trust).find(([, { ca, cert }]) => ca !== undefined || cert !== undefined) ?? [];
  return host === undefined ? undefined : `the list has certificates for ${host}, which stay on the controller`;
}

async function reach(
  params: ImagesParams,
  probe: ImagesProbe,
  session: LookSession,
  asker: 'host' | 'controller',
): Promise<RegistryError | undefined> {
  const source = await openSide(params, probe, params.from, asker === 'host' ? session : undefined, { tries: 1 });
  try {
    await source.ping();
    return undefined;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return error.kind === 'unreachable' || error.kind === 'tls' ? error : undefined;
  } finally {
    await source.close();
  }
}

/**
 * Opens a registry with the trust of the host and of the controller: by authorities of either, and with the
 * controller's client certificate where it has one. Through the host's connection where `through` is given.
 */
export async function openSide(
  params: ImagesParams,
  probe: ImagesProbe,
  registry: string,
  through: Side | undefined,
  { tries, notice }: { readonly tries?: number; readonly notice?: ((line: string) => void) | undefined } = {},
): Promise<OpenedRegistry> {
  const host = bareRegistry(registry);
  const { scheme: listedScheme, ...listed } = params.trust[host] ?? {};
  const written = registry.startsWith('http://') ? 'http' : registry.startsWith('https://') ? 'https' : undefined;
  const scheme = written ?? listedScheme;
  const own = { ...(scheme === 'http' ? {} : trustFromFolders(host)), ...listed };
  const authorities = [probe.authorities.get(host), own.ca].filter((each) => each !== undefined);
  const ca = authorities.length === 0 ? undefined : authorities.join('\n');
  const explicit = new Map(Object.entries(params.credentials));
  const isLowered = written === undefined && (listedScheme === 'http' || listed.verify === false);
  const isWithheld = isLowered && !isLoopbackHost(host);
  if (isWithheld && !explicit.has(host))
    notice?.(`${host} is reached less securely, as the list says: no account of the controller is sent to it`);
  const credentials = credentialsFrom({
    env: process.env,
    explicit,
    ...(isWithheld ? { authFiles: [] } : {}),
    ...(notice === undefined ? {} : { notice }),
  });
  const options: RegistryOptions = {
    host,
    trust: { ...own, ...(ca === undefined ? {} : { ca }), ...(scheme === undefined ? {} : { scheme }) },
    credentials: (repository) => credentials(host, repository),
    ...limitOptions(limitsAt(params.limits, host), through === undefined ? {} : { start: 8, most: 16 }),
    ...(through === undefined ? {} : { dial: (to, port) => through.dial(to, port) }),
    ...(tries === undefined ? {} : { tries }),
    ...(notice === undefined ? {} : { notice }),
  };
  const insecure = scheme === undefined && ca === undefined && (isLoopbackHost(host) || probe.insecure.includes(host));
  return insecure
    ? openInsecure(options)
    : openRegistry(scheme === undefined ? { ...options, trust: { ...options.trust, scheme: 'https' } } : options);
}
