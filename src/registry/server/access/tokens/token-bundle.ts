import { createHash, type KeyObject, X509Certificate } from 'node:crypto';

/** Certificates that vouch for the signers of tokens. */
export class TokenBundle {
  readonly #certificates: readonly X509Certificate[];
  readonly #byId = new Map<string, KeyObject>();
  /** Keys of chains that were found good, with the time until which they are. */
  readonly #chains = new Map<string, { readonly key: KeyObject; readonly from: number; readonly until: number }>();

  /** @throws Error for a text without a certificate in PEM */
  constructor(pem: string) {
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length === 0) throw new Error('it has no certificate in PEM');
    this.#certificates = blocks.map((block) => new X509Certificate(block));
    for (const { publicKey } of this.#certificates) {
      for (const id of [libtrustId(publicKey), thumbprint(publicKey)]) this.#byId.set(id, publicKey);
    }
  }

  /** Returns the key of a certificate of the bundle, by its libtrust fingerprint or its thumbprint (RFC 7638). */
  keyById(id: string): KeyObject | undefined {
    return this.#byId.get(id);
  }

  /**
   * Returns the key of a chain (`x5c`: DER in base64, the signer's first): one of the bundle, or signed by one, all of
   * them valid at this time. @returns undefined: the bundle does not vouch for it
   */
  keyOfChain(chain: readonly string[], now: number): KeyObject | undefined {
    const id = chain.join();
    const known = this.#chains.get(id);
    if (known !== undefined && now >= known.from && now <= known.until) return known.key;
    const path = this.#pathOf(chain);
    if (path === undefined) return undefined;
    const from = Math.max(...path.map(({ validFrom }) => Date.parse(validFrom)));
    const until = Math.min(...path.map(({ validTo }) => Date.parse(validTo)));
    const key = path[0]?.publicKey;
    if (key === undefined || now < from || now > until) return undefined;
    if (this.#chains.size >= 100) this.#chains.clear();
    this.#chains.set(id, { key, from, until });
    return key;
  }

  /** Finds the way from a signer's certificate to one of the bundle. */
  #pathOf(chain: readonly string[]): X509Certificate[] | undefined {
    let given: X509Certificate[];
    try {
      given = chain.map((text) => new X509Certificate(Buffer.from(text, 'base64')));
    } catch {
      return undefined; // No certificates: nobody vouches for them.
    }
    const path: X509Certificate[] = [];
    for (const certificate of given) {
      const child = path.at(-1);
      if (child !== undefined && !isIssuer(certificate, child)) break;
      path.push(certificate);
      if (this.#certificates.some(({ raw }) => raw.equals(certificate.raw))) return path;
      const root = this.#certificates.find((each) => isIssuer(each, certificate));
      if (root !== undefined) return [...path, root];
    }
    return undefined;
  }
}

function isIssuer(authority: X509Certificate, certificate: X509Certificate): boolean {
  return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** Returns the name that libtrust gives a key, by which docker-registry 2 finds it. */
function libtrustId(key: KeyObject): string {
  const hash = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 30);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const text = (bits.match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join('');
  return (text.match(/.{4}/g) ?? []).join(':');
}

/** Returns the thumbprint of a key (RFC 7638). */
function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y, e, n } = key.export({ format: 'jwk' });
  return createHash('sha256')
    .update(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }))
    .digest('base64url');
}
