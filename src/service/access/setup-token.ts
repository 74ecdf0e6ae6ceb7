import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Token by which the first administrator is made: it is printed at the start, and good once, while there is none. */
export class SetupToken {
  #token: string | undefined = randomBytes(24).toString('base64url');

  get value(): string | undefined {
    return this.#token;
  }

  opens(given: string): boolean {
    const wanted = Buffer.from(this.#token ?? '');
    const found = Buffer.from(given);
    return wanted.length > 0 && found.length === wanted.length && timingSafeEqual(found, wanted);
  }

  /** Ends it: there is an account. */
  end(): void {
    this.#token = undefined;
  }
}
