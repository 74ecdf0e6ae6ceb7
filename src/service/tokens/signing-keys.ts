import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { day } from '../../pki/certificate-fields.js';
import type { Database } from '../store/database.js';
import type { SealingKey } from '../store/key-file.js';

/** Days that a signer's certificate is valid, and after which the next takes its place. */
const validDays = 30;
const renewedAfter = 20 * day;
const place = 'token-authority';

/** Key that signs tokens, and the certificate that vouches for it. */
interface Signer {
  readonly key: KeyObject;
  /** Header of its tokens, encoded. */
  readonly header: string;
  readonly certificate: X509Certificate;
  readonly madeAt: number;
}

interface AuthorityPair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Keys of the token server. Registries trust an authority, which stays; each process of the service signs with a key of its own
 * under it, and makes another after twenty days or when it is asked to. No registry is told.
 */
export class SigningKeys {
  /** Made when the first token is asked for: that takes a moment of the start. */
  #signer: Signer | undefined;
  #renewal: Promise<Signer> | undefined;
  readonly #authority: AuthorityPair;

  private constructor(authority: AuthorityPair) {
    this.#authority = authority;
  }

  /** Reads the authority, and makes it in a new database. @throws Error where it is sealed with another key */
  static async open(database: Database, sealing: SealingKey): Promise<SigningKeys> {
    let authority = await readTokenAuthority(database, sealing);
    if (authority === undefined) {
      const { makeAuthority } = await import('../../pki/make-authority.js'); // Only once does a service need it.
      const made = await makeAuthority('ecdsa');
      // Of two processes that start at once, one makes it.
      await database.db
        .insertInto('sealed')
        .values({ name: place, value: sealing.seal(place, JSON.stringify(made)) })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      authority = (await readTokenAuthority(database, sealing)) ?? made;
    }
    return new SigningKeys(authority);
  }

  /** Certificate that registries must trust (`rootcertbundle`), PEM. */
  get bundle(): string {
    return this.#authority.certificate;
  }

  /** Public key of this process, as a key set (RFC 7517). */
  async keySet(): Promise<{ readonly keys: readonly unknown[] }> {
    const { certificate } = await this.#current();
    const key = certificate.publicKey.export({ format: 'jwk' });
    const { crv, kty, x, y } = key;
    const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    return { keys: [{ ...key, kid, use: 'sig', alg: 'ES256', x5c: [certificate.raw.toString('base64')] }] };
  }

  /** Signs claims: a JWT in compact form, ES256. */
  async sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const { key, header } = await this.#current();
    const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  /** Takes another key from now on. Tokens of the former one stay good until they end. */
  async rotate(): Promise<void> {
    await this.#renew();
  }

  async #current(): Promise<Signer> {
    const signer = this.#signer;
    return signer !== undefined && Date.now() - signer.madeAt <= renewedAfter ? signer : await this.#renew();
  }

  async #renew(): Promise<Signer> {
    this.#renewal ??= makeSigner(this.#authority).finally(() => {
      this.#renewal = undefined;
    });
    this.#signer = await this.#renewal;
    return this.#signer;
  }
}

/** Reads the authority of the keys; undefined in a new database. @throws Error where it is sealed with another key */
export async function readTokenAuthority({ db }: Database, sealing: SealingKey): Promise<AuthorityPair | undefined> {
  const row = await db.selectFrom('sealed').select('value').where('name', '=', place).executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(sealing.open(place, row.value)) as AuthorityPair);
}

async function makeSigner({ certificate: pem, key: authorityKey }: AuthorityPair): Promise<Signer> {
  const [{ signCertificate }, { makeKey, publicKeyOf }] = await Promise.all([
    import('../../pki/issue-certificate.js'),
    import('../../pki/keys.js'),
  ]);
  const key = await makeKey('ecdsa');
  const certificate = new X509Certificate(
    signCertificate(
      { pem, key: authorityKey },
      { publicKey: publicKeyOf(key), names: ['provision-tokens'], days: validDays },
    ),
  );
  const head = { typ: 'JWT', alg: 'ES256', x5c: [certificate.raw.toString('base64')] };
  return {
    key: createPrivateKey(key),
    header: Buffer.from(JSON.stringify(head)).toString('base64url'),
    certificate,
    madeAt: Date.now(),
  };
}
