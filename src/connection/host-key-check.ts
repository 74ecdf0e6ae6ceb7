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
  private readonly entries: readonly KnownHost[];
  private accepted: Buffer | undefined;

  constructor(
    private readonly target: SshTarget,
    private readonly acceptNew: boolean,
  ) {
    this.entries = entriesFor(readKnownHosts(target.knownHostsFiles), target.host, target.port);
  }

  algorithms(): string[] | undefined {
    return algorithmsFor(this.entries);
  }

  accepts(key: Buffer): boolean {
    const { host, port, knownHostsFiles } = this.target;
    const name = filedName(host, port);
    const shown = `${keyType(key)} ${fingerprint(key)}`;
    const judged = judgeKey(this.entries, key);
    switch (judged.verdict) {
      case 'known':
        return true;
      case 'unknown':
        if (this.acceptNew) {
          this.accepted = key;
          return true;
        }
        this.refusal = new ConnectionError(
          'host-key-unknown',
          `the host key of ${name} is not known: ${shown}`,
          `compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_…_key.pub), then run with --accept-new, or add it to ${knownHostsFiles[0] ?? 'known_hosts'}`,
        );
        return false;
      case 'revoked':
        this.refusal = new ConnectionError(
          'host-key-changed',
          `the host key of ${name} is revoked: ${shown} (${judged.entry.file}:${judged.entry.line})`,
        );
        return false;
      case 'changed': {
        const { entry } = judged;
        const filed = `${entry.type} ${fingerprint(Buffer.from(entry.key, 'base64'))}`;
        this.refusal = new ConnectionError(
          'host-key-changed',
          `the host key of ${name} has changed: it shows ${shown}, on file is ${filed} (${entry.file}:${entry.line})`,
          'find out why; if the host was installed anew, remove that line',
        );
        return false;
      }
    }
  }

  /** Files a key that was accepted as new, once the connection stands. */
  fileAccepted(): void {
    const file = this.target.knownHostsFiles[0];
    if (this.accepted !== undefined && file !== undefined)
      fileKey(file, this.target.host, this.target.port, this.accepted);
  }
}
