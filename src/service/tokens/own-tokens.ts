import { randomUUID } from 'node:crypto';
import type { GrantedAccess } from './issue-token.js';
import type { SigningKeys } from './signing-keys.js';

/** Seconds for which they count; registries add a minute for their clocks. */
const lifetime = 60;
/** Milliseconds for which one is used again. */
const kept = 30_000;
const mostKept = 10_000;

/** Tokens that the service makes for itself, without an account: for its looks at registries, and for addresses it sends clients to. */
export class OwnTokens {
  readonly #kept = new Map<string, { readonly until: number; readonly token: Promise<string> }>();

  readonly #keys: SigningKeys;
  readonly #issuer: string;

  constructor(keys: SigningKeys, issuer: string) {
    this.#keys = keys;
    this.#issuer = issuer;
  }

  /** Makes a token for a registry; for the same within half a minute the same. */
  async make(registry: string, subject: string, access: GrantedAccess): Promise<string> {
    const id = JSON.stringify([registry, subject, access]);
    const known = this.#kept.get(id);
    if (known !== undefined && known.until > Date.now()) return await known.token;
    const now = Math.floor(Date.now() / 1000);
    const times = { nbf: now - 10, iat: now, exp: now + lifetime };
    const claims = { iss: this.#issuer, sub: subject, aud: registry, ...times, jti: randomUUID(), access: [access] };
    const token = this.#keys.sign(claims);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(id, { until: Date.now() + kept, token });
    return await token;
  }
}
