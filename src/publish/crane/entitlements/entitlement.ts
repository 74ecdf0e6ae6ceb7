import { X509Certificate } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { readPathTree } from './path-tree.js';

/** Certificate of a client that says which content it may read. */
export interface Entitlement {
  /** Returns true where the path of an address is one of its content paths, or below one. */
  covers(path: string): boolean;
}

/** Extensions of Red Hat's entitlement certificates, below their namespace. */
const namespace = '1.3.6.1.4.1.2312.9.';
const orderName = '4.1';
const certificateVersion = '6';
const pathTree = '7';
/** Path of a content set, version 1: `2.SET.1.6`. */
const contentPath = /^2\.(?:.*\.)?1\.6$/;

/**
 * Reads an entitlement certificate of version 1 or 3; undefined for any other certificate, and for one that is not valid now.
 * It is not verified here: the connection, or the proxy, has done that.
 * @param certificate PEM or DER
 */
export function readEntitlement(certificate: string | Uint8Array, now = Date.now()): Entitlement | undefined {
  try {
    const { raw, validFrom, validTo } = new X509Certificate(certificate);
    if (now < Date.parse(validFrom) || now > Date.parse(validTo)) return undefined;
    const extensions = extensionsOf(raw);
    const version = extensions.get(certificateVersion)?.toString('utf8') ?? '1.0';
    const covers = coverage(Number.parseInt(version, 10), extensions);
    if (covers === undefined) return undefined;
    return { covers: (path) => covers(wordsOf(path)) };
  } catch {
    return undefined; // Whoever shows what cannot be read is like one who shows nothing.
  }
}

function coverage(
  version: number,
  extensions: ReadonlyMap<string, Buffer>,
): ((words: readonly string[]) => boolean) | undefined {
  if (version === 3) {
    const tree = extensions.get(pathTree);
    return tree === undefined ? undefined : readPathTree(tree);
  }
  if (version !== 1 || !extensions.has(orderName)) return undefined;
  const paths = [...extensions].filter(([oid]) => contentPath.test(oid)).map(([, text]) => wordsOf(text.toString()));
  return (words) => paths.some((path) => path.length > 0 && path.every((word, at) => matches(word, words[at])));
}

/** A word such as `$releasever` stands for any one. */
function matches(word: string, given: string | undefined): boolean {
  return given !== undefined && (word === given || word.startsWith('$'));
}

/** Returns the words of a path, without empty ones; `..` leads up, as in a path of files. */
function wordsOf(path: string): string[] {
  const words: string[] = [];
  for (const word of path.split('/')) {
    if (word === '..') words.pop();
    else if (word !== '' && word !== '.') words.push(word);
  }
  return words;
}

function extensionsOf(der: Buffer): Map<string, Buffer> {
  const { extensions = [] } = AsnConvert.parse(der, Certificate).tbsCertificate;
  const ours = extensions.filter(({ extnID }) => extnID.startsWith(namespace));
  return new Map(ours.map(({ extnID, extnValue }) => [extnID.slice(namespace.length), contentOf(extnValue)]));
}

/** Returns what is in an extension: a UTF8String or an OCTET STRING. */
function contentOf({ buffer }: OctetString): Buffer {
  const bytes = Buffer.from(buffer);
  const [tag] = bytes;
  if (tag === 0x04) return Buffer.from(AsnConvert.parse(bytes, OctetString).buffer);
  if (tag !== 0x0c) return bytes;
  const octets = Buffer.from(bytes);
  octets[0] = 0x04; // The same but for its tag.
  return Buffer.from(AsnConvert.parse(octets, OctetString).buffer);
}
