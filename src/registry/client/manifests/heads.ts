import { RegistryError } from '../../registry-error.js';
import type { Found } from '../../source.js';
import type { Capabilities } from '../registry.js';
import type { WireAnswer } from '../wire/send-request.js';

/** Statuses of a HEAD that GET would have as well: an answer, a redirect, a login, or a server that is busy. */
const certainHeads = new Set([200, 301, 302, 303, 307, 308, 401, 404, 408, 410, 429, 503, 504]);

/** Statuses of a HEAD after which GET may have another answer; a HEAD has no body that says why. */
export const doubtfulHeads: readonly number[] = Array.from({ length: 400 }, (_, at) => 200 + at).filter(
  (status) => !certainHeads.has(status),
);

interface HeadsContext {
  readonly host: string;
  readonly capabilities: Capabilities;
  readonly notice: (line: string) => void;
  /** Reads the manifest itself. */
  readonly read: (repository: string, reference: string) => Promise<Found | undefined>;
}

/**
 * Knowledge of whether a registry answers HEAD of manifests. Some proxies refuse or fail at it, and Nexus was seen to
 * answer 404 for what its GET has. A 404 is doubted where something says otherwise, once a registry, until one HEAD was
 * answered: so nothing more is requested of those that do it right, but one GET where several images are missing.
 */
export class ManifestHeads {
  #misses = 0;
  #failures = 0;
  #trial: Promise<Found | undefined> | undefined;
  /** Names of manifests that were written here: they must be there. */
  readonly #written = new Set<string>();

  readonly #context: HeadsContext;

  constructor(context: HeadsContext) {
    this.#context = context;
  }

  recordWritten(repository: string, reference: string): void {
    this.#written.add(`${repository} ${reference}`);
  }

  /** Records a deletion: tags may have gone with a digest. */
  recordDeleted(): void {
    this.#written.clear();
  }

  /** Returns what GET has in place of a HEAD that was refused or found nothing. */
  async check(repository: string, reference: string, { status, headers }: WireAnswer): Promise<Found | undefined> {
    if (status >= 500) this.#failures += 1;
    if (status >= 500 && this.#failures === 1) return this.#context.read(repository, reference); // It may have been that one.
    if (status !== 404 || this.#written.has(`${repository} ${reference}`))
      return this.#readInstead(repository, reference);
    const { capabilities } = this.#context;
    if (capabilities.manifestHead === true) return undefined;
    this.#misses += 1;
    const isSeldom = this.#misses === 1 && headers['docker-distribution-api-version'] !== undefined;
    if (isSeldom && !capabilities.listed) return undefined;
    if (this.#trial === undefined) {
      this.#trial = this.#readInstead(repository, reference);
      return this.#trial;
    }
    await this.#trial.catch((error: unknown) => {
      if (!(error instanceof RegistryError)) throw error; // Its own caller has it.
    });
    return capabilities.manifestHead === false ? this.#context.read(repository, reference) : undefined;
  }

  async #readInstead(repository: string, reference: string): Promise<Found | undefined> {
    const { host, capabilities, notice, read } = this.#context;
    const found = await read(repository, reference);
    if (found !== undefined && capabilities.manifestHead !== false) {
      capabilities.manifestHead = false;
      notice(`${host} does not answer HEAD for manifests that it has: they are read instead`);
    }
    return found;
  }
}
