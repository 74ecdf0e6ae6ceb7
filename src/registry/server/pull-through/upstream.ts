import { readTextFile } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { currentSecrets } from '../../../diagnostics/secrets/session-secrets.js';
import { readAuthFile } from '../../auth/auth-files.js';
import { credentialsFrom } from '../../auth/credentials.js';
import { type OpenedRegistry, openRegistry } from '../../client/open.js';
import type { RegistryCredentials } from '../../client/registry.js';
import { RegistryError } from '../../registry-error.js';
import { type PullThroughOptions, type UpstreamAddress, upstreamAddress } from './pull-through-options.js';

/** Milliseconds in which an upstream that asked for a pause without saying how long is left alone; and the longest pause. */
const usualPause = 30_000;
const longestPause = 24 * 3600_000;

/** Milliseconds in which an upstream that failed is not asked about what is here. */
const rest = 10_000;

/** Milliseconds until the head of an answer. */
const patience = 20_000;

/** Errors that a look at another name of the same registry may not have. */
const ofOneName: readonly string[] = ['not-found', 'unauthorized', 'denied', 'corrupt', 'input'];

/** The registry that a cache fetches from. It is left alone for as long as it asks to be. */
export class Upstream {
  /** Milliseconds until which it wants no requests, and until which it is taken to be down. */
  #closedUntil = 0;
  #downUntil = 0;
  #failure: RegistryError | undefined;
  /** Milliseconds when a refusal of the account was reported last. */
  #refusedAt = Number.NEGATIVE_INFINITY;

  readonly address: UpstreamAddress;
  #registry: OpenedRegistry;
  /** Traffic of clients that were given up, and the authorities of the one there is. */
  #before = { requests: 0, received: 0 };
  #ca: string | undefined;
  readonly #options: PullThroughOptions;
  readonly #stop: AbortController;
  readonly #complain: (message: string) => void;

  /** @throws Error for a URL or a file that can't be used */
  constructor(options: PullThroughOptions, complain: (message: string) => void) {
    const address = upstreamAddress(options.url);
    if (typeof address === 'string') throw new RegistryError('input', `proxy_url ${address}`);
    this.address = address;
    this.#complain = complain;
    this.#options = options;
    this.#stop = new AbortController();
    this.#registry = this.#open();
  }

  #open(): OpenedRegistry {
    const { ca } = this.#options;
    const { scheme, host } = this.address;
    this.#ca = ca === undefined ? undefined : readText(ca, 'proxy_ca');
    return openRegistry({
      host,
      trust: { scheme, ...(this.#ca === undefined ? {} : { ca: this.#ca }) },
      credentials: credentialsOf(this.#options, host, this.#complain),
      // Downloads are among them: others must not wait behind some that are slow.
      limiter: { start: 64, most: 128 },
      tries: 2,
      waits: false,
      patience,
      notice: this.#complain,
      signal: this.#stop.signal,
    });
  }

  /** Requests so far, and bytes of blobs and manifests that came. */
  get traffic(): { readonly requests: number; readonly received: number } {
    const { requests, received } = this.#registry.traffic;
    return { requests: this.#before.requests + requests, received: this.#before.received + received };
  }

  /**
   * Asks the upstream for something.
   * @param spare true: what is stored will do, so that one that has just failed isn't asked
   * @throws RegistryError of the upstream, or where it isn't asked; `rate-limited` with the time that it wants
   */
  async ask<Value>(work: (registry: OpenedRegistry) => Promise<Value>, spare = false): Promise<Value> {
    const now = Date.now();
    if (now < this.#closedUntil) {
      const retryAfter = this.#closedUntil - now;
      throw new RegistryError('rate-limited', `${this.address.host} asked to wait`, { status: 429, retryAfter });
    }
    if (spare && now < this.#downUntil && this.#failure !== undefined) throw this.#failure;
    try {
      const value = await work(this.#registry);
      this.#recover();
      return value;
    } catch (error) {
      if (error instanceof RegistryError) this.#judge(error);
      throw error;
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the server was stopped'));
    await this.#registry.close();
  }

  #recover(): void {
    if (this.#failure !== undefined) this.#complain(`${this.address.host} answers again`);
    this.#failure = undefined;
  }

  /** Reports, now and then, that the account is refused: what is stored is served all the same. */
  #reportRefusal({ message }: RegistryError): void {
    if (performance.now() < this.#refusedAt + usualPause) return;
    this.#refusedAt = performance.now();
    this.#complain(`${message}; what is stored is served`);
  }

  /** Opens the upstream anew where the file of its authorities has changed. */
  #renewTrust(): void {
    const { ca } = this.#options;
    try {
      if (ca === undefined || readText(ca, 'proxy_ca') === this.#ca) return;
      const former = this.#registry;
      const traffic = this.traffic;
      this.#registry = this.#open();
      this.#before = { requests: traffic.requests, received: traffic.received };
      former.close().catch((error: unknown) => this.#complain(String(error)));
    } catch (error) {
      this.#complain(String(error)); // The next failure tries again.
    }
  }

  #judge(error: RegistryError): void {
    const { kind, status, retryAfter } = error;
    if (kind === 'tls') this.#renewTrust();
    if (kind === 'unauthorized' || kind === 'denied') this.#reportRefusal(error);
    if (ofOneName.includes(kind) || kind === 'interrupted') return;
    if (kind === 'rate-limited' || status === 429 || (status === 503 && retryAfter !== undefined)) {
      this.#closedUntil = Date.now() + Math.min(retryAfter ?? usualPause, longestPause);
    } else {
      this.#downUntil = Date.now() + rest;
    }
    if (this.#failure === undefined) this.#complain(`${error.message}; what is stored is served`);
    this.#failure = error;
  }
}

function credentialsOf(
  { username, passwordFile, authFile }: PullThroughOptions,
  host: string,
  complain: (message: string) => void,
): (repository: string | undefined) => Promise<RegistryCredentials | undefined> {
  if (authFile !== undefined) {
    readAuthFile(authFile, true);
    const find = credentialsFrom({ env: process.env, authFiles: [authFile], notice: complain });
    return (repository) => find(host, repository);
  }
  if (username === undefined || passwordFile === undefined) return async () => undefined;
  const read = () => readText(passwordFile, 'proxy_password_file').replace(/\r?\n$/, '');
  if (read() === '') throw new RegistryError('input', `proxy_password_file ${passwordFile} is empty`);
  return async () => {
    const password = read();
    currentSecrets().add(password);
    return { username, password };
  };
}

function readText(path: string, key: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    throw new RegistryError('input', `${key} ${path} cannot be read: ${reasonOf(error)}`);
  }
}
