import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import { serialNumber } from './certificate-fields.js';

/** Fields of a certificate, as RFC 5280 names them. */
export interface CertificateFields {
  /** Hexadecimal; default: one made by chance. */
  readonly serial?: string;
  /** Common name; undefined: the subject is empty. */
  readonly commonName: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Extensions behind those that every certificate has, in their order. */
  readonly extensions: readonly Extension[];
}

/**
 * Signs a certificate.
 * @param issuer certificate of who signs, PEM; undefined: the subject itself does
 * @param privateKey its key, PEM
 * @returns PEM
 * @throws Error for keys of a kind that is not signed with
 */
export function signFields(fields: CertificateFields, issuer: string | undefined, privateKey: string): string {
  const { serial = serialNumber(), commonName, notBefore, notAfter, publicKey, extensions } = fields;
  const key = createPrivateKey(privateKey);
  const { identifier, hash } = algorithmOf(key);
  const subject = new Name(commonName === undefined ? [] : [new RelativeDistinguishedName([nameOf(commonName)])]);
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: bufferOf(Buffer.from(serial, 'hex')),
    signature: identifier,
    issuer: issuer === undefined ? subject : fieldsOf(issuer).subject,
    validity: new Validity({ notBefore, notAfter }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(publicKey, SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbs));
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: identifier,
    signatureValue: bufferOf(sign(hash, signed, key)),
  });
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString();
}

/** Says that a certificate is that of an authority, or of none. */
export function basicConstraints(isAuthority: boolean): Extension {
  const value = isAuthority ? new BasicConstraints({ cA: true, pathLenConstraint: 0 }) : new BasicConstraints();
  return extension(id_ce_basicConstraints, value, true);
}

/** Says what a key is for. @param flags sum of `KeyUsageFlags` */
export function keyUsage(flags: number): Extension {
  return extension(id_ce_keyUsage, new KeyUsage(flags), true);
}

/** Says that a certificate is that of a server. */
export function serverUsage(): Extension {
  return extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth]), false);
}

/** Gives the names and addresses of a host. @param critical where there is no subject */
export function alternativeNames(names: readonly string[], critical: boolean): Extension {
  const all = names.map((name) => {
    const version = isIP(name);
    if (version === 0) return new GeneralName({ dNSName: name });
    // Numbers alone: a part of an address may be written as one of IPv4.
    return new GeneralName({ iPAddress: version === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name });
  });
  return extension(id_ce_subjectAltName, new SubjectAlternativeName(all), critical);
}

/** Names the key of a certificate. @param publicKey SubjectPublicKeyInfo, DER */
export function subjectKey(publicKey: Uint8Array): Extension {
  const { subjectPublicKey } = AsnConvert.parse(publicKey, SubjectPublicKeyInfo);
  return extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(subjectPublicKey)), false);
}

/** Names the key that a certificate is signed with. @param issuer certificate of it, PEM */
export function authorityKey(issuer: string): Extension {
  const { subjectPublicKey } = fieldsOf(issuer).subjectPublicKeyInfo;
  const identifier = new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(subjectPublicKey)) });
  return extension(id_ce_authorityKeyIdentifier, identifier, false);
}

/** Hashes a public key as RFC 5280, 4.2.1.2, method 1, does. */
function keyIdentifier(subjectPublicKey: ArrayBuffer): ArrayBuffer {
  return bufferOf(createHash('sha1').update(Buffer.from(subjectPublicKey)).digest());
}

function extension(extnID: string, value: object, critical: boolean): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function fieldsOf(pem: string): TBSCertificate {
  return AsnConvert.parse(new X509Certificate(pem).raw, Certificate).tbsCertificate;
}

const commonNameType = '2.5.4.3';

/** Makes a common name: a PrintableString where its letters allow that (RFC 5280, 4.1.2.4). */
function nameOf(commonName: string): AttributeTypeAndValue {
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const value = new AttributeValue(isPrintable ? { printableString: commonName } : { utf8String: commonName });
  return new AttributeTypeAndValue({ type: commonNameType, value });
}

/** Returns the algorithm that a key signs by. */
function algorithmOf(key: KeyObject): { readonly identifier: AlgorithmIdentifier; readonly hash: string } {
  if (key.asymmetricKeyType === 'rsa') {
    // RFC 4055, 5: its parameters are NULL.
    const parameters = bufferOf(Buffer.of(5, 0));
    return { identifier: new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters }), hash: 'sha256' };
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'prime256v1') {
    return { identifier: new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }), hash: 'sha256' };
  }
  if (curve === 'secp384r1') {
    return { identifier: new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.3' }), hash: 'sha384' };
  }
  throw new Error(`keys of this kind are not signed with: ${curve ?? key.asymmetricKeyType}`);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
