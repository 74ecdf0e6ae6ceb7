import { ConnectionError } from '../../connection.js';
import { fingerprint, type KnownHost, keyType } from './known-hosts.js';

/** Returns the refusal of a key that is not on file. */
export function unknownKey(
  key: Buffer,
  target: {
    /** Name of the host in known_hosts. */
    readonly name: string;
    readonly host: string;
    readonly port: number;
    /** File that the key would be added to. */
    readonly file: string;
    /** Line of a certificate authority for the host, if there is one. */
    readonly authority: KnownHost | undefined;
    /** Settings that ssh would use for host keys, and nothing here does. */
    readonly unused: readonly string[];
    readonly strictHostKeyChecking: string | undefined;
  },
): ConnectionError {
  const { name, host, port, file, authority, unused, strictHostKeyChecking } = target;
  const compare = 'compare it with the output of ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub on the host';
  if (authority !== undefined) {
    return new ConnectionError(
      'host-key-unknown',
      `the host key of ${name} is not known: only a certificate authority is on file for it (${lineOf(authority)}), and host certificates are not supported; it shows ${describeKey(key)}`,
      `${compare}, then add it: ssh-keyscan -p ${port} ${host} >> ${file}, or run the site with --accept-new`,
    );
  }
  const others = unused.map((each) => `; ${each} of ssh_config is not used`).join('');
  const unchecked =
    strictHostKeyChecking === 'false' ? ' (StrictHostKeyChecking no of ssh_config is not followed; accept-new is)' : '';
  return new ConnectionError(
    'host-key-unknown',
    `the host key of ${name} is not known: ${describeKey(key)}${others}${unchecked}`,
    `${compare}, then add it to ${file}, or run the site with --accept-new`,
  );
}

/** Returns the refusal of a new key whose name in known_hosts would match other hosts, too. */
export function ambiguousName(name: string): ConnectionError {
  const message = `the host key of ${JSON.stringify(name)} is not known, and cannot be accepted: a line of known_hosts with that name would match other hosts too`;
  return new ConnectionError('host-key-unknown', message, 'give the host a plain name or address');
}

/** Returns the refusal of a revoked key. @param where the file, or a line of known_hosts, that revokes it */
export function revokedKey(key: Buffer, name: string, where: string | KnownHost): ConnectionError {
  const place = typeof where === 'string' ? where : lineOf(where);
  return new ConnectionError(
    'host-key-changed',
    `the host key of ${name} is revoked: ${describeKey(key)} (${place})`,
    'give the host a new key before anybody logs in: anyone who has the revoked one can impersonate it',
  );
}

/** Returns the refusal of a key that differs from the one on file. */
export function changedKey(key: Buffer, name: string, entry: KnownHost): ConnectionError {
  return changed(`the host key of ${name} has changed: it shows ${describeKey(key)}, on file is ${onFile(entry)}`);
}

/** Returns the refusal of a host without a key of the type that is on file. */
export function missingKeyType(name: string, entry: KnownHost): ConnectionError {
  return changed(
    `the host key of ${name} has changed: on file is ${onFile(entry)}, and the host has no key of that type`,
  );
}

function changed(message: string): ConnectionError {
  return new ConnectionError(
    'host-key-changed',
    message,
    'find out why; if the host was reinstalled, remove that line',
  );
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
