import { ConnectionError } from '../../connection.js';
import type { SshTarget } from '../config/ssh-config.js';
import {
  algorithmsFor,
  entriesFor,
  filedName,
  fileKey,
  fingerprint,
  isOneHost,
  judgeKey,
  type KeyVerdict,
  type KnownHost,
  keyType,
  readKnownHosts,
} from './known-hosts.js';
import { isRevoked } from './revoked-keys.js';

type KeyTarget = Pick<
  SshTarget,
  'host' | 'port' | 'keyAlias' | 'knownHostsFiles' | 'strictHostKeyChecking' | 'revokedHostKeys' | 'unused'
>;

/** Decides on the key that a host shows, and remembers why it was refused. */
export class HostKeyCheck {
  refusal: ConnectionError | undefined;
  /** What was made of the key that was shown. */
  verdict: KeyVerdict['verdict'] | undefined;
  private readonly name: string;
  private readonly file: string | undefined;
  private readonly entries: readonly KnownHost[];
  /** Lines for the name without the port, which ssh takes too where the key is the same. */
  private readonly portless: readonly KnownHost[];
  private readonly acceptNew: boolean;
  private accepted: Buffer | undefined;

  constructor(
    private readonly target: KeyTarget,
    acceptNew: boolean,
  ) {
    const { host, port, keyAlias, knownHostsFiles } = target;
    this.name = keyAlias ?? filedName(host, port);
    this.file = knownHostsFiles[0];
    this.acceptNew = acceptNew || target.strictHostKeyChecking === 'accept-new';
    const known = readKnownHosts(knownHostsFiles);
    this.entries = entriesFor(known, this.name);
    this.portless = keyAlias === undefined && port !== 22 ? entriesFor(known, host) : [];
  }

  /** What to ask the host to sign with, so that it shows the key that is on file. */
  algorithms(): string[] {
    const own = algorithmsFor(this.entries);
    return own.length > 0 ? own : algorithmsFor(this.portless);
  }

  accepts(key: Buffer): boolean {
    try {
      return this.judge(key);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.refusal = error;
      return false;
    }
  }

  /** The host shows no key of the type that is on file: that is another key too. */
  noSuchKey(error: unknown): ConnectionError | undefined {
    const entry = [...this.entries, ...this.portless].find(({ marker }) => marker === undefined);
    if (entry === undefined || !(error instanceof Error) || !/no matching host key/i.test(error.message))
      return undefined;
    this.verdict = 'changed';
    return new ConnectionError(
      'host-key-changed',
      `the host key of ${this.name} has changed: on file is ${onFile(entry)}, and the host has no key of that type`,
      'find out why; if the host was installed anew, remove that line',
    );
  }

  /** Files a key that was accepted as new, once the connection stands. */
  fileAccepted(): void {
    if (this.accepted !== undefined && this.file !== undefined) fileKey(this.file, this.name, this.accepted);
  }

  private judge(key: Buffer): boolean {
    const { revokedHostKeys } = this.target;
    if (revokedHostKeys !== undefined && isRevoked(revokedHostKeys, key)) {
      this.verdict = 'revoked';
      this.refusal = this.revoked(key, revokedHostKeys);
      return false;
    }
    const judged = judgeKey(this.entries, key);
    const portless = judgeKey(this.portless, key);
    this.verdict = judged.verdict;
    if (judged.verdict === 'known') return true;
    if (judged.verdict === 'unknown') {
      if (portless.verdict === 'revoked') {
        this.verdict = 'revoked';
        this.refusal = this.revoked(key, lineOf(portless.entry));
        return false;
      }
      if (portless.verdict === 'known') {
        this.verdict = 'known';
        return true;
      }
      if (this.acceptNew && !isOneHost(this.name)) {
        this.refusal = this.notFiled();
        return false;
      }
      if (this.acceptNew) {
        this.accepted = key;
        return true;
      }
      this.refusal = this.unknown(key);
      return false;
    }
    this.refusal =
      judged.verdict === 'revoked' ? this.revoked(key, lineOf(judged.entry)) : this.changed(key, judged.entry);
    return false;
  }

  private unknown(key: Buffer): ConnectionError {
    const compare = 'compare it with what ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub says on the host';
    const file = this.file ?? 'known_hosts';
    const authority = [...this.entries, ...this.portless].find(({ marker }) => marker === 'cert-authority');
    if (authority !== undefined) {
      const { host, port } = this.target;
      return new ConnectionError(
        'host-key-unknown',
        `the host key of ${this.name} is not known: only a certificate authority is on file for it (${lineOf(authority)}), and host certificates are not supported; it shows ${shown(key)}`,
        `${compare}, then add it: ssh-keyscan -p ${port} ${host} >> ${file}, or run with --accept-new`,
      );
    }
    const others = this.target.unused.hostKey.map((each) => `; ${each} of ssh_config is not asked`).join('');
    const unchecked =
      this.target.strictHostKeyChecking === 'false'
        ? ' (StrictHostKeyChecking no of ssh_config is not followed; accept-new is)'
        : '';
    return new ConnectionError(
      'host-key-unknown',
      `the host key of ${this.name} is not known: ${shown(key)}${others}${unchecked}`,
      `${compare}, then run with --accept-new, or add it to ${file}`,
    );
  }

  private notFiled(): ConnectionError {
    const message = `the host key of ${JSON.stringify(this.name)} is not known, and cannot be accepted: a line of known_hosts with that name would mean other hosts too`;
    return new ConnectionError('host-key-unknown', message, 'give the host a plain name or address');
  }

  private revoked(key: Buffer, where: string): ConnectionError {
    return new ConnectionError(
      'host-key-changed',
      `the host key of ${this.name} is revoked: ${shown(key)} (${where})`,
      'the host must be given a new key before anybody logs in: whoever has the revoked one can pass for it',
    );
  }

  private changed(key: Buffer, entry: KnownHost): ConnectionError {
    return new ConnectionError(
      'host-key-changed',
      `the host key of ${this.name} has changed: it shows ${shown(key)}, on file is ${onFile(entry)}`,
      'find out why; if the host was installed anew, remove that line',
    );
  }
}

function shown(key: Buffer): string {
  return `${keyType(key)} ${fingerprint(key)}`;
}

function lineOf(entry: KnownHost): string {
  return `${entry.file}:${entry.line}`;
}

function onFile(entry: KnownHost): string {
  return `${entry.type} ${fingerprint(Buffer.from(entry.key, 'base64'))} (${lineOf(entry)})`;
}
