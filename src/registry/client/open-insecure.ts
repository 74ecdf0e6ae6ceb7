import { RegistryError } from '../registry-error.js';
import { type OpenedRegistry, openRegistry, type RegistryOptions } from './open.js';

/**
 * Opens a registry that is known to be insecure, as docker does: by plain http if it answers that, else by TLS with any
 * certificate. One request without an account finds out.
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
