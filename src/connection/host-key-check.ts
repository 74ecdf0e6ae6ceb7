import { ConnectionError } from './connection.js';
import {
  algorithmsFor,
  entriesFor,
  filedName,
  fileKey,
  fingerprint,
  judgeKey,
  type KnownHost,
  keyType,
  readKnownHosts,
} from './known-hosts.js';
import type { SshTarget } from './ssh-config.js';

/** Decides on the key that a host shows, and remembers why it was refused. */
export class HostKeyCheck {
  refusal: ConnectionError | undefined;
  private readonly name: string;
  private readonly file: string | undefined;
  private readonly entries: readonly KnownHost[];
  private accepted: Buffer | undefined;

  constructor(
    { host, port, keyAlias, knownHostsFiles }: SshTarget,
    private readonly acceptNew: boolean,
  ) {
    this.name = keyAlias ?? filedName(host, port);
    this.file = knownHostsFiles[0];
    this.entries = entriesFor(readKnownHosts(knownHostsFiles), this.name);
  }

  /** What to ask the host to sign with, so that it shows the key that is on file. */
  algorithms(): string[] {
    return algorithmsFor(this.entries);
  }

  accepts(key: Buffer): boolean {
    const judged = judgeKey(this.entries, key);
    if (judged.verdict === 'known') return true;
    if (judged.verdict === 'unknown' && this.acceptNew) {
      this.accepted = key;
      return true;
    }
    this.refusal = judged.verdict === 'unknown' ? this.unknown(key) : this.refused(key, judged.verdict, judged.entry);
    return false;
  }

  /** The host shows no key of the type that is on file: that is another key too. */
  noSuchKey(error: unknown): ConnectionError | undefined {
    const entry = this.entries.find(({ marker }) => marker === undefined);
    if (entry === undefined || !(error instanceof Error) || !/no matching host key/i.test(error.message))
      return undefined;
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

  private unknown(key: Buffer): ConnectionError {
    const certified = this.entries.some(({ marker }) => marker === 'cert-authority');
    return new ConnectionError(
      'host-key-unknown',
      `the host key of ${this.name} is not known: ${shown(key)}${certified ? ' (host certificates are not supported)' : ''}`,
      `compare it with what ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub says on the host, then run with --accept-new, or add it to ${this.file ?? 'known_hosts'}`,
    );
  }

  private refused(key: Buffer, verdict: 'changed' | 'revoked', entry: KnownHost): ConnectionError {
    if (verdict === 'revoked') {
      const message = `the host key of ${this.name} is revoked: ${shown(key)} (${entry.file}:${entry.line})`;
      return new ConnectionError('host-key-changed', message);
    }
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

function onFile(entry: KnownHost): string {
  return `${entry.type} ${fingerprint(Buffer.from(entry.key, 'base64'))} (${entry.file}:${entry.line})`;
}
