import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { json, type ServerAnswer } from '../answers/answer.js';

/** Seconds that a token counts. */
const lifetime = 300;

/** Sender that a token stands for; undefined: whoever has no account. */
export interface TokenHolder {
  readonly account: string | undefined;
}

/**
 * Tokens that stand for an account, or for none, for some minutes (distribution: token authentication). Docker's engine
 * pulls without an account only by them. A token says who asks, not what for: rights are looked up at each request. It is
 * signed with a key of this process, and is worth nothing once the file of accounts has changed.
 */
export class IssuedTokens {
  readonly #key = randomBytes(32);

  /** Makes the answer to a request for a token. @param version that of the file of accounts */
  answer(account: string | undefined, version: string): ServerAnswer {
    const now = Date.now();
    const text = Buffer.from(JSON.stringify([account ?? null, now + lifetime * 1000])).toString('base64url');
    const token = `${text}.${this.#sign(text, version).toString('base64url')}`;
    const issued = new Date(now).toISOString();
    return json(
      200,
      { token, access_token: token, expires_in: lifetime, issued_at: issued },
      { 'Cache-Control': 'no-store' },
    );
  }

  /** Returns whom a token stands for; undefined: it is none of ours, or is too old. */
  holder(token: string, version: string): TokenHolder | undefined {
    const [text = '', signature = ''] = token.split('.');
    const found = Buffer.from(signature, 'base64url');
    const wanted = this.#sign(text, version);
    if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) return undefined;
    const [account, until] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [string | null, number];
    return until < Date.now() ? undefined : { account: account ?? undefined };
  }

  #sign(text: string, version: string): Buffer {
    return createHmac('sha256', this.#key).update(`${text}\0${version}`).digest();
  }
}
