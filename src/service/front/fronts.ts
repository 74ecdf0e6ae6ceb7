import type { IncomingMessage, ServerResponse } from 'node:http';
import { TokenVerifier } from '../../registry/server/access/tokens/token-verifier.js';
import type { OwnTokens } from '../tokens/own-tokens.js';
import type { TrustingRegistries, TrustingRegistry } from '../tokens/registries.js';
import { Front } from './front.js';
import { Members } from './members.js';

interface FrontsParts {
  readonly registries: TrustingRegistries;
  readonly ownTokens: OwnTokens;
  readonly issuer: string;
  /** Address of the token server. */
  readonly realm: string;
  /** File of the authority of tokens. */
  readonly bundleFile: string;
  readonly complain: (message: string) => void;
}

/** Fronts of the registries that have several hosts. Clients name them by the host of the registry. */
export class Fronts {
  readonly #parts: FrontsParts;
  readonly #open = new Map<TrustingRegistry, Promise<{ readonly front: Front; readonly members: Members }>>();

  constructor(parts: FrontsParts) {
    this.#parts = parts;
  }

  /** Answers a request that is for a registry of several hosts. @returns false: it is not */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const { host } = request.headers;
    if (host === undefined || !/^\/v2(\/|$|\?)/.test(request.url ?? '')) return false;
    const registry = this.#parts.registries.list().find((each) => each.members !== undefined && each.host === host);
    if (registry === undefined) return false;
    void this.#frontOf(registry)
      .then(({ front }) => front.answer(request, response))
      .catch((error: unknown) => {
        this.#parts.complain(`the front of ${registry.name} fails: ${String(error)}`);
        response.destroy();
      });
    return true;
  }

  /** Returns the hosts of a registry; undefined: it has one. */
  async membersOf(registry: TrustingRegistry): Promise<Members | undefined> {
    return registry.members === undefined ? undefined : (await this.#frontOf(registry)).members;
  }

  async close(): Promise<void> {
    for (const opened of this.#open.values()) {
      const { members } = await opened;
      members.close();
    }
  }

  #frontOf(registry: TrustingRegistry): Promise<{ readonly front: Front; readonly members: Members }> {
    const known = this.#open.get(registry);
    if (known !== undefined) return known;
    const opened = this.#openFront(registry);
    this.#open.set(registry, opened);
    opened.catch(() => this.#open.delete(registry)); // Who asked gets the error; the next request tries again.
    return opened;
  }

  async #openFront(registry: TrustingRegistry): Promise<{ readonly front: Front; readonly members: Members }> {
    const { ownTokens, issuer, realm, bundleFile, complain } = this.#parts;
    const { name, members: named } = registry;
    if (named === undefined) throw new Error(`${name} has one host`);
    const settings = { realm, issuer, service: name, rootcertbundle: bundleFile };
    const members = new Members({ ...registry, members: named });
    const pullToken = (account: string, repository: string) =>
      ownTokens.make(name, account, { type: 'repository', name: repository, actions: ['pull'] });
    const verifier = await TokenVerifier.from(settings, complain);
    return { front: new Front({ members, verifier, pullToken, complain }), members };
  }
}
