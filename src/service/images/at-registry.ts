import type { OpenedRegistry } from '../../registry/client/open.js';
import { RegistryError } from '../../registry/registry-error.js';
import { notFound, Problem } from '../problem.js';
import type { RepositoryRow } from '../store/tables.js';
import type { OwnTokens } from '../tokens/own-tokens.js';
import type { TrustingRegistries } from '../tokens/registries.js';
import { openTrusting } from './open-trusting.js';

/** Repository that somebody reads or changes something of. */
export type ChangedPlace = Pick<RepositoryRow, 'id' | 'registry' | 'name'>;

/** Work on a repository at its registry, by tokens of the service, in the name of an account. */
export class AtRegistry {
  readonly #registries: TrustingRegistries;
  readonly #ownTokens: OwnTokens;
  readonly #stop = new AbortController();

  constructor(registries: TrustingRegistries, ownTokens: OwnTokens) {
    this.#registries = registries;
    this.#ownTokens = ownTokens;
  }

  /** Changes something. @throws Problem where the registry refuses, is away, or takes no changes */
  async change<Value>(
    by: string,
    place: ChangedPlace,
    work: (registry: OpenedRegistry) => Promise<Value>,
  ): Promise<Value> {
    return await this.#open(by, place, ['pull', 'push', 'delete'], work);
  }

  /** Reads something. @throws Problem */
  async read<Value>(
    by: string,
    place: ChangedPlace,
    work: (registry: OpenedRegistry) => Promise<Value>,
  ): Promise<Value> {
    return await this.#open(by, place, ['pull'], work);
  }

  /** Ends what is under way. */
  close(): void {
    this.#stop.abort(new Error('the service stops'));
  }

  async #open<Value>(
    by: string,
    { registry: name, name: repository }: ChangedPlace,
    actions: readonly string[],
    work: (registry: OpenedRegistry) => Promise<Value>,
  ): Promise<Value> {
    const found = this.#registries.find(name);
    if (found === undefined) throw notFound(`registry ${name}`);
    if (found.isReadOnly && actions.includes('push')) {
      throw new Problem('conflict', `${name} is read-only: nothing of it can be changed`);
    }
    const access = () => ({ type: 'repository', name: repository, actions });
    const options = { ownTokens: this.#ownTokens, subject: by, access, signal: this.#stop.signal };
    const registry = openTrusting(found, options);
    try {
      return await work(registry);
    } catch (error) {
      throw error instanceof RegistryError ? problemOfRegistry(error) : error;
    } finally {
      await registry.close();
    }
  }
}

/** Returns what an error of a registry is to a client: its refusal, or that it is away. */
export function problemOfRegistry({ kind, message }: RegistryError): Problem {
  if (kind === 'not-found') return new Problem('not-found', message);
  if (kind === 'denied' || kind === 'read-only' || kind === 'unsupported') return new Problem('conflict', message);
  // Whoever pushed it wrote something else than its type says.
  if (kind === 'corrupt') return new Problem('unprocessable', message);
  return new Problem('unavailable', message);
}
