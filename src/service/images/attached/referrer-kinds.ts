import type { ReferrerKind } from '../../schemas/image-details.js';

/** Types of manifests that are signatures: cosign's, those of sigstore's bundles, notation's. */
export const signatureTypes: readonly string[] = [
  'application/vnd.dev.cosign.artifact.sig.v1+json',
  'application/vnd.dev.cosign.simplesigning.v1+json',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.cncf.notary.signature',
];

/** Returns what a manifest about an image is, as its type says; `suffix` is that of cosign's tag. */
export function referrerKind(artifactType: string, suffix = ''): ReferrerKind {
  if (suffix === 'sig' || signatureTypes.includes(artifactType)) return 'signature';
  if (suffix === 'sbom' || /spdx|cyclonedx|syft|\bsbom\b/.test(artifactType)) return 'sbom';
  if (/slsa|provenance/.test(artifactType)) return 'provenance';
  if (suffix === 'att' || /in-toto|dsse|attestation|cosign\.artifact\.att/.test(artifactType)) return 'attestation';
  return 'other';
}
