import { RegistryError } from '../registry-error.js';
import { type OpenedRegistry, openRegistry, type RegistryOptions } from './open.js';

/**
 * Opens a registry that the caller holds to be insecure without saying how it speaks, as docker does for its insecure
 * registries: plain http if it answers that, else TLS with any certificate. One request finds out, without an account.
 */
export async function openInsecure(options: RegistryOptions): Promise<OpenedRegistry> {
  const plain = openRegistry({ ...options, trust: { ...options.trust, scheme: 'http' } });
  try {
    await openRegistry({ ...options, credentials: async () => undefined, trust: { scheme: 'http' } }).ping();
    return plain;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (!error.speaksTls) return plain; // Also where it wants an account: the next request finds that out.
    await plain.close();
    return openRegistry({ ...options, trust: { ...options.trust, scheme: 'https', verify: false } });
  }
}
