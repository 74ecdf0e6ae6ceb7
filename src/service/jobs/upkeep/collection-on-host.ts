import { RegistryError } from '../../../registry/registry-error.js';
import { openTrusting } from '../../images/open-trusting.js';
import type { ServiceParts } from '../../service-parts.js';
import type { TrustingRegistry } from '../../tokens/registries.js';
import { runOptions } from '../child/child-request.js';
import type { JobRequest } from '../job.js';
import { upkeepAccess, upkeepSubject } from './upkeep-account.js';

/** Milliseconds for which a registry is asked if it collects its garbage itself. */
const patience = 5000;

/**
 * Returns the work on the host of a registry whose garbage is collected there; undefined where the registry does that when it is asked
 * to, or where no host of the site is known to have it.
 */
export async function collectionOnHost(
  { registries, managed, jobs, site, ownTokens }: ServiceParts,
  registry: string,
): Promise<Extract<JobRequest, { work: 'collect' }> | undefined> {
  const trusting = registries.find(registry);
  if (trusting !== undefined && (await collectsItself(trusting, ownTokens))) return undefined;
  const run = runOptions.parse({});
  const managedOn = managed.find(registry)?.host;
  if (managedOn !== undefined) return { work: 'collect', run, host: managedOn, registry };
  if (trusting === undefined || !jobs.hasSite) return undefined;
  const { plays } = await site.check({ run, secrets: {} });
  // The role registry-setup names a registry by its host, and where there are several by both.
  const host = plays.flatMap(({ hosts }) => hosts).find((name) => registry === name || registry.startsWith(`${name}-`));
  return host === undefined ? undefined : { work: 'collect', run, host, registry };
}

/** Asks a registry if it is one that collects its garbage itself. One that doesn't answer is taken for another. */
async function collectsItself(found: TrustingRegistry, ownTokens: ServiceParts['ownTokens']): Promise<boolean> {
  if (found.beside !== undefined) return true;
  const signal = AbortSignal.timeout(patience);
  const registry = openTrusting(found, { ownTokens, subject: upkeepSubject, access: () => upkeepAccess, signal });
  try {
    return await registry.collectsItself();
  } catch (error) {
    if (error instanceof RegistryError || signal.aborted) return false;
    throw error;
  } finally {
    await registry.close();
  }
}
