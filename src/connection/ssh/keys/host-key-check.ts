import { ConnectionError } from '../../connection.js';
import type { SshTarget } from '../config/ssh-config.js';
import { ambiguousName, changedKey, missingKeyType, revokedKey, unknownKey } from './host-key-refusals.js';
import {
  addKnownHost,
  algorithmsFor,
  entriesFor,
  isOneHost,
  judgeKey,
  type KeyVerdict,
  type KnownHost,
  knownHostName,
} from './known-hosts.js';
import { isRevoked } from './revoked-keys.js';

type KeyTarget = Pick<
  SshTarget,
  'host' | 'port' | 'keyAlias' | 'knownHostsFiles' | 'strictHostKeyChecking' | 'revokedHostKeys' | 'unused'
>;

/** Check of the key that a host shows, with the reason of a refusal. */
export class HostKeyCheck {
  refusal: ConnectionError | undefined;
  /** Verdict on the key that was shown. */
  verdict: KeyVerdict['verdict'] | undefined;
  readonly #target: KeyTarget;
  readonly #name: string;
  readonly #file: string | undefined;
  readonly #entries: readonly KnownHost[];
  /** Lines for the name without the port, which ssh takes too where the key is the same. */
  readonly #portless: readonly KnownHost[];
  readonly #acceptNew: boolean;
  #accepted: Buffer | undefined;

  constructor(target: KeyTarget, acceptNew: boolean) {
    const { host, port, keyAlias, knownHostsFiles } = target;
    this.#target = target;
    this.#name = keyAlias ?? knownHostName(host, port);
    this.#file = knownHostsFiles[0];
    this.#acceptNew = acceptNew || target.strictHostKeyChecking === 'accept-new';
    this.#entries = entriesFor(knownHostsFiles, this.#name);
    this.#portless = keyAlias === undefined && port !== 22 ? entriesFor(knownHostsFiles, host) : [];
  }

  /** Returns the signature algorithms for which the host shows the key that is on file. */
  algorithms(): string[] {
    const own = algorithmsFor(this.#entries);
    return own.length > 0 ? own : algorithmsFor(this.#portless);
  }

  /** Tells whether a key is accepted; else {@link refusal} has the reason. */
  accepts(key: Buffer): boolean {
    try {
      return this.#judge(key);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.refusal = error;
      return false;
    }
  }

  /** Returns the refusal where the host has no key of the type that is on file: its key has changed, too. */
  noSuchKey(error: unknown): ConnectionError | undefined {
    const entry = [...this.#entries, ...this.#portless].find(({ marker }) => marker === undefined);
    if (entry === undefined || !(error instanceof Error) || !/no matching host key/i.test(error.message))
      return undefined;
    this.verdict = 'changed';
    return missingKeyType(this.#name, entry);
  }

  /** Adds a key that was accepted as new to known_hosts, once the connection stands. */
  addAccepted(): void {
    if (this.#accepted !== undefined && this.#file !== undefined) addKnownHost(this.#file, this.#name, this.#accepted);
  }

  #judge(key: Buffer): boolean {
    const { revokedHostKeys } = this.#target;
    if (revokedHostKeys !== undefined && isRevoked(revokedHostKeys, key)) {
      this.verdict = 'revoked';
      this.refusal = revokedKey(key, this.#name, revokedHostKeys);
      return false;
    }
    const judged = judgeKey(this.#entries, key);
    const portless = judgeKey(this.#portless, key);
    this.verdict = judged.verdict;
    if (judged.verdict === 'known') return true;
    if (judged.verdict === 'unknown') {
      if (portless.verdict === 'revoked') {
        this.verdict = 'revoked';
        this.refusal = revokedKey(key, this.#name, portless.entry);
        return false;
      }
      if (portless.verdict === 'known') {
        this.verdict = 'known';
        return true;
      }
      if (this.#acceptNew && !isOneHost(this.#name)) {
        this.refusal = ambiguousName(this.#name);
        return false;
      }
      if (this.#acceptNew) {
        this.#accepted = key;
        return true;
      }
      this.refusal = this.#unknown(key);
      return false;
    }
    this.refusal =
      judged.verdict === 'revoked'
        ? revokedKey(key, this.#name, judged.entry)
        : changedKey(key, this.#name, judged.entry);
    return false;
  }

  #unknown(key: Buffer): ConnectionError {
    const { host, port, unused, strictHostKeyChecking } = this.#target;
    return unknownKey(key, {
      name: this.#name,
      host,
      port,
      file: this.#file ?? 'known_hosts',
      authority: [...this.#entries, ...this.#portless].find(({ marker }) => marker === 'cert-authority'),
      unused: unused.hostKey,
      strictHostKeyChecking,
    });
  }
}
