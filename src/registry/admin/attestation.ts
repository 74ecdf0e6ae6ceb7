import type { Descriptor } from '../manifest.js';

/** Whether a manifest of an index is BuildKit's attestation of another: it has no platform to run on. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' || platform?.os === 'unknown';
}
