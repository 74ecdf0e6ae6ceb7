import { X509Certificate } from 'node:crypto';
import { foreignListOf, foreignTextOf, recordOf } from './foreign-values.js';
import type { AttachedContent } from './parse-sbom.js';
import { statementDocumentOf, statementInEnvelope } from './parse-statement.js';

type Signature = Extract<AttachedContent, { kind: 'signature' }>;

const none = { identity: '', issuer: '', certificate: null } as const;

/** Reads one of cosign's signatures: its payload, and the annotations of its layer. Nothing is verified. */
export function parseCosign(payload: unknown, annotations: Readonly<Record<string, string>>): Signature {
  const { identity, image } = recordOf(recordOf(payload).critical);
  const pem = annotations['dev.sigstore.cosign/certificate'] ?? '';
  return {
    kind: 'signature',
    format: 'cosign',
    signedDigest: foreignTextOf(recordOf(image)['docker-manifest-digest']),
    reference: foreignTextOf(recordOf(identity)['docker-reference']),
    ...(pem === '' ? none : certificateFields(pem)),
    isLogged: annotations['dev.sigstore.cosign/bundle'] !== undefined,
  };
}

/** Reads a bundle of sigstore that is a signature, or holds the statement of one; undefined where it is no bundle. */
export function parseBundle(value: unknown): Signature | undefined {
  const { mediaType, verificationMaterial, messageSignature } = recordOf(value);
  if (!/^application\/vnd\.dev\.sigstore\.bundle/.test(foreignTextOf(mediaType))) return undefined;
  const material = recordOf(verificationMaterial);
  const [first] = foreignListOf(recordOf(material.x509CertificateChain).certificates);
  const raw = recordOf(material.certificate ?? first).rawBytes;
  const { algorithm, digest } = recordOf(recordOf(messageSignature).messageDigest);
  const [subject] = foreignListOf(recordOf(statementInEnvelope(value)).subject);
  const ofStatement = foreignTextOf(recordOf(recordOf(subject).digest).sha256);
  const ofMessage = typeof digest === 'string' ? Buffer.from(digest, 'base64').toString('hex') : '';
  const hex = ofStatement === '' && algorithm === 'SHA2_256' ? ofMessage : ofStatement;
  return {
    kind: 'signature',
    format: 'sigstore-bundle',
    signedDigest: hex === '' ? '' : `sha256:${hex.slice(0, 64)}`,
    reference: foreignTextOf(recordOf(subject).name),
    ...(typeof raw === 'string' ? certificateFields(Buffer.from(raw, 'base64')) : none),
    isLogged: foreignListOf(material.tlogEntries).length > 0,
  };
}

/** Reads a signature of notation, as JWS; undefined where it is none. */
export function parseNotation(value: unknown): Signature | undefined {
  const { payload, header } = recordOf(value);
  if (typeof payload !== 'string') return undefined;
  const { targetArtifact } = recordOf(statementDocumentOf(Buffer.from(payload, 'base64url').toString('utf8')));
  const [first] = foreignListOf(recordOf(header).x5c);
  return {
    kind: 'signature',
    format: 'notation',
    signedDigest: foreignTextOf(recordOf(targetArtifact).digest),
    reference: '',
    ...(typeof first === 'string' ? certificateFields(Buffer.from(first, 'base64')) : none),
    isLogged: false,
  };
}

/** Reads what a certificate says; nothing where it can't be read. */
function certificateFields(content: string | Buffer): Pick<Signature, 'identity' | 'issuer' | 'certificate'> {
  try {
    const certificate = new X509Certificate(content);
    const [name = ''] = (certificate.subjectAltName ?? '').split(', ');
    return {
      identity: foreignTextOf(name.replace(/^(URI|email|othername):/, '')),
      issuer: identityIssuer(certificate.raw),
      certificate: {
        subject: foreignTextOf(certificate.subject),
        issuer: foreignTextOf(certificate.issuer),
        validFrom: foreignTextOf(certificate.validFrom),
        validTo: foreignTextOf(certificate.validTo),
      },
    };
  } catch {
    return none; // Whoever pushed it may have written anything.
  }
}

/** Identifiers of Fulcio's extensions with who vouches for the identity (1.3.6.1.4.1.57264.1.8 and .1.1), in DER. */
const issuerExtensions = [
  Buffer.from('060a2b0601040183bf300108', 'hex'),
  Buffer.from('060a2b0601040183bf300101', 'hex'),
];

/** Returns the issuer that Fulcio wrote into a certificate; empty where it did not. */
function identityIssuer(der: Buffer): string {
  for (const identifier of issuerExtensions) {
    const at = der.indexOf(identifier);
    if (at < 0) continue;
    const value = octets(der, at + identifier.length, 0x04);
    // The newer one holds a text of DER, the older one the text itself.
    const text = value === undefined ? undefined : (octets(value, 0, 0x0c) ?? value);
    if (text !== undefined) return foreignTextOf(text.toString('utf8'));
  }
  return '';
}

/** Reads a value of DER of a type, whose length has one byte or two; undefined where there is none. */
function octets(der: Buffer, at: number, type: number): Buffer | undefined {
  if (der[at] !== type) return undefined;
  const first = der[at + 1] ?? 0;
  const [start, length] = first === 0x81 ? [at + 3, der[at + 2] ?? 0] : [at + 2, first];
  return length > 0x80 && first !== 0x81 ? undefined : der.subarray(start, start + length);
}
