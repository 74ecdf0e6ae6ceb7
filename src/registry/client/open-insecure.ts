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
    if (!speaksTls(error)) return plain; // Also where it wants an account: that is the next request's to settle.
    await plain.close();
    return openRegistry({ ...options, trust: { ...options.trust, scheme: 'https', verify: false } });
  }
}

/** Go's servers answer plain http on a TLS port with 400 and a sentence; others cut the connection or send what is no HTTP. */
function speaksTls(error: RegistryError): boolean {
  return error.message.includes('HTTP request to an HTTPS server') || error.message.includes('the answer is not HTTP');
}
