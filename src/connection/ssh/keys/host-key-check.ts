import { ConnectionError } from '../../connection.js';
import type { SshTarget } from '../config/ssh-config.js';
import {
  addKnownHost,
  algorithmsFor,
  entriesFor,
  fingerprint,
  isOneHost,
  judgeKey,
  type KeyVerdict,
  type KnownHost,
  keyType,
  knownHostName,
  readKnownHosts,
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
    const known = readKnownHosts(knownHostsFiles);
    this.#entries = entriesFor(known, this.#name);
    this.#portless = keyAlias === undefined && port !== 22 ? entriesFor(known, host) : [];
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
    return new ConnectionError(
      'host-key-changed',
      `the host key of ${this.#name} has changed: on file is ${onFile(entry)}, and the host has no key of that type`,
      'find out why; if the host was reinstalled, remove that line',
    );
  }

  /** Adds a key that was accepted as new to known_hosts, once the connection stands. */
  addAccepted(): void {
    if (this.#accepted !== undefined && this.#file !== undefined) addKnownHost(this.#file, this.#name, this.#accepted);
  }

  #judge(key: Buffer): boolean {
    const { revokedHostKeys } = this.#target;
    if (revokedHostKeys !== undefined && isRevoked(revokedHostKeys, key)) {
      this.verdict = 'revoked';
      this.refusal = this.#revoked(key, revokedHostKeys);
      return false;
    }
    const judged = judgeKey(this.#entries, key);
    const portless = judgeKey(this.#portless, key);
    this.verdict = judged.verdict;
    if (judged.verdict === 'known') return true;
    if (judged.verdict === 'unknown') {
      if (portless.verdict === 'revoked') {
        this.verdict = 'revoked';
        this.refusal = this.#revoked(key, lineOf(portless.entry));
        return false;
      }
      if (portless.verdict === 'known') {
        this.verdict = 'known';
        return true;
      }
      if (this.#acceptNew && !isOneHost(this.#name)) {
        this.refusal = this.#ambiguousName();
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
      judged.verdict === 'revoked' ? this.#revoked(key, lineOf(judged.entry)) : this.#changed(key, judged.entry);
    return false;
  }

  #unknown(key: Buffer): ConnectionError {
    const compare = 'compare it with the output of ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub on the host';
    const file = this.#file ?? 'known_hosts';
    const authority = [...this.#entries, ...this.#portless].find(({ marker }) => marker === 'cert-authority');
    if (authority !== undefined) {
      const { host, port } = this.#target;
      return new ConnectionError(
        'host-key-unknown',
        `the host key of ${this.#name} is not known: only a certificate authority is on file for it (${lineOf(authority)}), and host certificates are not supported; it shows ${describeKey(key)}`,
        `${compare}, then add it: ssh-keyscan -p ${port} ${host} >> ${file}, or run with --accept-new`,
      );
    }
    const others = this.#target.unused.hostKey.map((each) => `; ${each} of ssh_config is not used`).join('');
    const unchecked =
      this.#target.strictHostKeyChecking === 'false'
        ? ' (StrictHostKeyChecking no of ssh_config is not followed; accept-new is)'
        : '';
    return new ConnectionError(
      'host-key-unknown',
      `the host key of ${this.#name} is not known: ${describeKey(key)}${others}${unchecked}`,
      `${compare}, then run with --accept-new, or add it to ${file}`,
    );
  }

  #ambiguousName(): ConnectionError {
    const message = `the host key of ${JSON.stringify(this.#name)} is not known, and cannot be accepted: a line of known_hosts with that name would match other hosts too`;
    return new ConnectionError('host-key-unknown', message, 'give the host a plain name or address');
  }

  #revoked(key: Buffer, where: string): ConnectionError {
    return new ConnectionError(
      'host-key-changed',
      `the host key of ${this.#name} is revoked: ${describeKey(key)} (${where})`,
      'give the host a new key before anybody logs in: anyone who has the revoked one can impersonate it',
    );
  }

  #changed(key: Buffer, entry: KnownHost): ConnectionError {
    return new ConnectionError(
      'host-key-changed',
      `the host key of ${this.#name} has changed: it shows ${describeKey(key)}, on file is ${onFile(entry)}`,
      'find out why; if the host was reinstalled, remove that line',
    );
  }
}

function describeKey(key: Buffer): string {
  return `${keyType(key)} ${fingerprint(key)}`;
}

function lineOf(entry: KnownHost): string {
  return `${entry.file}:${entry.line}`;
}

function onFile(entry: KnownHost): string {
  return `${entry.type} ${fingerprint(Buffer.from(entry.key, 'base64'))} (${lineOf(entry)})`;
}
