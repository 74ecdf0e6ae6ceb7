import { stat } from 'node:fs/promises';
import { reasonOf } from '../../../../diagnostics/reason.js';
import { readPlain } from '../../storage/plain-file.js';
import { readToken, type TokenClaims } from './read-token.js';
import { TokenBundle } from './token-bundle.js';
import type { TokenSettings } from './token-settings.js';

/** Milliseconds between two looks at the file. */
const lookAgain = 1000;
const largestBundle = 1024 * 1024;
/** Tokens that are kept in mind: a client uses one for some hundred requests. */
const mostKnown = 1000;

/** Verifier of a token server's tokens. The bundle is read again when it changes; a broken one is reported, and the old one stays. */
export class TokenVerifier {
  #bundle: TokenBundle;
  #version: string;
  #looked = performance.now();
  readonly #known = new Map<string, TokenClaims>();

  readonly settings: TokenSettings;
  readonly #complain: (message: string) => void;

  private constructor(
    settings: TokenSettings,
    bundle: TokenBundle,
    version: string,
    complain: (message: string) => void,
  ) {
    this.settings = settings;
    this.#bundle = bundle;
    this.#version = version;
    this.#complain = complain;
  }

  /** Reads the bundle. @throws Error where it can't be read, or has no certificate */
  static async from(settings: TokenSettings, complain: (message: string) => void): Promise<TokenVerifier> {
    const version = await versionOf(settings.rootcertbundle);
    return new TokenVerifier(settings, await readBundle(settings.rootcertbundle), version, complain);
  }

  /** Returns the claims of a token; undefined: it is none of the token server's, or is not valid now. */
  async claims(token: string): Promise<TokenClaims | undefined> {
    await this.#look();
    const now = Date.now();
    const known = this.#known.get(token);
    if (known !== undefined && now / 1000 <= known.until) return known;
    const claims = readToken(token, this.settings, this.#bundle, now);
    if (claims === undefined) {
      this.#known.delete(token);
      return undefined;
    }
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(token, claims);
    return claims;
  }

  async #look(): Promise<void> {
    const now = performance.now();
    if (now - this.#looked < lookAgain) return;
    this.#looked = now;
    const { rootcertbundle } = this.settings;
    try {
      const version = await versionOf(rootcertbundle);
      if (version === this.#version) return;
      this.#version = version; // A broken one is reported once.
      this.#bundle = await readBundle(rootcertbundle);
      this.#known.clear();
    } catch (error) {
      this.#complain(`the certificates of the token server stay as they were: ${reasonOf(error)}`);
    }
  }
}

async function readBundle(path: string): Promise<TokenBundle> {
  const bytes = await readPlain(path, largestBundle, 'follow');
  if (bytes === undefined) throw new Error(`${path} is not there, or no file of at most ${largestBundle} bytes`);
  try {
    return new TokenBundle(bytes.toString('latin1'));
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(error)}`);
  }
}

async function versionOf(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file);
  return `${mtimeMs} ${size} ${ino}`;
}
