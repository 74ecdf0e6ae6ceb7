import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AllowedTargets } from './allowed-targets.js';
import { innerAddress, refusalOfAddress } from './refused-addresses.js';

/** Refusal of an address to which webhooks send nothing. */
export class TargetRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetRefused';
  }
}

interface Parts {
  /** Entries of `webhook_allow`. */
  readonly allow: readonly string[];
  /** Addresses under which the service itself, and the registry beside it, are known. */
  readonly own: () => readonly URL[];
  /** Asks for the addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

/** Guard of targets: each try asks for their addresses once, and connects to none but those that it was shown. */
export class TargetGuard {
  readonly #allowed: AllowedTargets;
  readonly #own: () => readonly URL[];
  readonly #resolve: NonNullable<Parts['resolve']>;

  constructor({ allow, own, resolve }: Parts) {
    this.#allowed = new AllowedTargets(allow);
    this.#own = own;
    this.#resolve = resolve ?? ((host) => lookup(host, { all: true, verbatim: true }));
  }

  /** Returns what is wrong with a target, as far as it is known without its addresses; undefined: nothing. */
  problemOf(url: URL): string | undefined {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be https://… or http://…';
    if (url.username !== '' || url.password !== '') {
      return 'must have no name and password: give them as the header Authorization';
    }
    const host = hostOf(url);
    if (isIP(host) === 0) return this.#ownProblem(url, []);
    return this.#addressProblem(host, host) ?? this.#ownProblem(url, [host]);
  }

  /** Returns the addresses of a target. @throws TargetRefused, Error of the system */
  async addressesOf(url: URL): Promise<readonly LookupAddress[]> {
    const host = hostOf(url);
    const early = this.problemOf(url);
    if (early !== undefined) throw new TargetRefused(`the address ${early}`);
    const kind = isIP(host);
    if (kind !== 0) return [{ address: host, family: kind }];
    const found = await this.#resolve(host);
    if (found.length === 0) throw new Error(`${host} has no address`);
    const addresses = found.map(({ address }) => address);
    // One that is refused is enough: which of them a client takes is chance.
    const problem =
      addresses.map((address) => this.#addressProblem(host, address)).find((each) => each !== undefined) ??
      this.#ownProblem(url, addresses);
    if (problem !== undefined) throw new TargetRefused(`the address ${problem}`);
    return found;
  }

  #addressProblem(host: string, address: string): string | undefined {
    if (this.#allowed.hasName(host) || this.#allowed.hasAddress(innerAddress(address))) return undefined;
    const what = refusalOfAddress(address);
    if (what === undefined) return undefined;
    const of = host === address ? host : `${host} (${address})`;
    return `${of} is refused: it is ${what}. An administrator of the service may allow it by webhook_allow`;
  }

  /** Refuses the service itself, unless its name is allowed: who allows loopback means other programs there. */
  #ownProblem(url: URL, addresses: readonly string[]): string | undefined {
    const host = hostOf(url);
    if (this.#allowed.hasName(host)) return undefined;
    const port = portOf(url);
    const own = this.#own().filter((each) => portOf(each) === port);
    const local = own.length === 0 ? [] : ownAddresses();
    const isOwn =
      own.some((each) => hostOf(each) === host || addresses.includes(hostOf(each))) ||
      (own.length > 0 && addresses.some((address) => local.includes(innerAddress(address))));
    return isOwn ? `${url.host} is refused: it is the service itself` : undefined;
  }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}
