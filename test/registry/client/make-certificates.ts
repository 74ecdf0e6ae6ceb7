import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a certificate and its key. */
export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * An authority in a folder, made by openssl, and what it issues: for loopback, for servers and clients alike.
 * @param addresses others of this machine that the certificates are for
 */
export function certificatesIn(
  folder: string,
  ...addresses: readonly string[]
): {
  readonly ca: string;
  issue(name: string): MadeCertificate;
  /** One that issued itself. */
  stranger(name: string): MadeCertificate;
} {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const own = (name: string): MadeCertificate => {
    const made = { cert: at(`${name}.crt`), key: at(`${name}.key`) };
    openssl('req', '-x509', ...newKey, '-days', '1', '-subj', `/CN=${name}`, '-keyout', made.key, '-out', made.cert);
    return made;
  };
  const ca = own('ca');
  const names = ['127.0.0.1', ...addresses].map((address) => `IP:${address}`);
  writeFileSync(at('names'), `subjectAltName=${names.join(',')},DNS:localhost\n`);
  return {
    ca: ca.cert,
    stranger: own,
    issue(name) {
      const made = { cert: at(`${name}.crt`), key: at(`${name}.key`) };
      const request = at(`${name}.csr`);
      openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', made.key, '-out', request);
      const by = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-extfile', at('names')];
      openssl('x509', '-req', '-in', request, ...by, '-days', '1', '-out', made.cert);
      return made;
    },
  };
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
