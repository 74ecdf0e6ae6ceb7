import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../registry-error.js';

/** PEM of both. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads the certificate of a client and its key, PEM, and checks that they belong together.
 * @param notice receives a warning of a key that others may read
 * @throws RegistryError `input` naming the file that is missing, or wrong
 */
export function readClientCertificate(
  certificate: string,
  key: string,
  notice?: (line: string) => void,
): ClientCertificate {
  const pair = { cert: read(certificate), key: read(key) };
  const parsed = parse(certificate, 'a certificate', () => new X509Certificate(pair.cert));
  if (!parsed.checkPrivateKey(privateKey(key, pair.key))) {
    throw new RegistryError('input', `${key} is not the key of ${certificate}`);
  }
  if (process.platform !== 'win32' && (statSync(key).mode & 0o004) !== 0) {
    notice?.(`${key} is a private key and can be read by others: chmod o-r ${key}`);
  }
  return pair;
}

function privateKey(path: string, text: string): KeyObject {
  if (/^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw new RegistryError('input', `${path} needs a passphrase, which is not supported here`, {
      hint: `write the key without one: openssl pkey -in ${path}`,
    });
  }
  return parse(path, 'a private key', () => createPrivateKey(text));
}

function parse<T>(path: string, what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new RegistryError('input', `${path} holds no PEM of ${what}`, { cause: error });
  }
}

function read(path: string): string {
  try {
    return readTextFile(path, { besides: 'any-pipe' });
  } catch (error) {
    throw new RegistryError('input', `cannot read ${path}: ${reasonOf(error)}`);
  }
}
