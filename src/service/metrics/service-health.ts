import type { z } from 'zod';
import type { SiteWatch } from '../jobs/site-watch.js';
import type { ManagedRegistries } from '../registries/managed-registries.js';
import type { healthSchema } from '../schemas/health.js';
import { checkDatabase, type Database } from '../store/database.js';
import type { TrustingRegistries } from '../tokens/registries.js';
import { checkCertificate, checkCertificateFile, checkDisk } from './health/check-machine.js';
import { checkRegistries } from './health/check-registries.js';
import { checkDrift, checkJobs, checkReplicas, checkSite } from './health/check-work.js';
import { type HealthCheck, healthy, unhealthy } from './health/health-check.js';

/** Parts that are looked at. */
interface HealthParts {
  readonly database: Database;
  readonly registries: TrustingRegistries;
  readonly managed: ManagedRegistries;
  readonly site: SiteWatch;
  /** Folder of the state. */
  readonly state: string;
  /** File of the certificate; undefined: it speaks no TLS itself. */
  readonly certificate: string | undefined;
  /** Certificate of the authority of tokens, PEM. */
  readonly tokenAuthority: () => string;
  /** Milliseconds between two looks at a registry. */
  readonly reconcileEvery: number;
}

/** Milliseconds for which a report counts: each asks every registry. */
const freshness = 5000;

/** Health of the service: each part, and what to do about it. */
export class ServiceHealth {
  readonly #parts: HealthParts;
  #known: { readonly report: Promise<z.output<typeof healthSchema>>; readonly until: number } | undefined;

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** Looks at all parts; what cannot be looked at is a failing part, not an error. */
  async report(): Promise<z.output<typeof healthSchema>> {
    if (this.#known === undefined || this.#known.until < performance.now()) {
      this.#known = { report: this.#look(), until: performance.now() + freshness };
    }
    return await this.#known.report;
  }

  async #look(): Promise<z.output<typeof healthSchema>> {
    const { database, registries, managed, site, state, certificate, tokenAuthority, reconcileEvery } = this.#parts;
    const authority = 'the authority of tokens';
    const checks = await Promise.all([
      tried('database', async () => [await checkAnswer(database)]),
      tried('registry', () => checkRegistries(database, registries.list(), reconcileEvery)),
      tried('replicas', () => checkReplicas(database)),
      tried('site', () => checkSite(site, managed)),
      tried('drift', () => checkDrift(database)),
      tried('jobs', async () => [await checkJobs(database)]),
      tried('disk', async () => [await checkDisk(state)]),
      tried('certificate', async () => [
        ...(certificate === undefined ? [] : [await checkCertificateFile(certificate)]),
        checkCertificate(tokenAuthority(), authority, 'Make another, and give it to all registries (rootcertbundle)'),
      ]),
    ]);
    const all = checks.flat();
    const status = (['failing', 'warning'] as const).find((each) => all.some((check) => check.status === each)) ?? 'ok';
    return { status, at: new Date().toISOString(), checks: all };
  }
}

async function checkAnswer(database: Database): Promise<HealthCheck> {
  const begun = performance.now();
  await checkDatabase(database);
  const milliseconds = Math.round(performance.now() - begun);
  const detail = `it answers in ${milliseconds} ms`;
  if (milliseconds < 1000) return healthy('database', detail);
  const hint = 'See the load of its machine, and the room on its disk';
  return unhealthy('warning', { name: 'database', detail, hint });
}

async function tried(name: HealthCheck['name'], check: () => Promise<HealthCheck[]>): Promise<HealthCheck[]> {
  try {
    return await check();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [unhealthy('failing', { name, detail, hint: 'See the log of the service' })];
  }
}
