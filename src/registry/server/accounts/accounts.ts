import { createHmac, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Compare, checkPassword } from './check-password.js';
import { FairQueue } from './fair-queue.js';
import { type Hashes, readHtpasswd } from './htpasswd.js';

/** Milliseconds between two looks at the file's time. */
const lookAgain = 1000;

const mostRemembered = 1000;

/** Passwords that wait to be checked: from one address, and from all. */
const mostWaiting = { each: 64, all: 512 };

/** Milliseconds of rest between two checks at most. */
const longestRest = 250;

/** Worth of an Authorization header; `busy`: too many wait to have theirs checked. */
export type AccountVerdict = 'right' | 'wrong' | 'busy';

/**
 * The accounts of an htpasswd file (bcrypt only, as in docker-registry). A changed file counts from the next second on.
 * bcrypt is slow on purpose: a password that was right is remembered, as a hash under a key of this process. Of a password
 * the first 72 bytes count, as everywhere with bcrypt.
 */
export class Accounts {
  #hashes: Hashes = new Map();
  #version = '';
  #looked = Number.NEGATIVE_INFINITY;
  readonly #key = randomBytes(32);
  readonly #right = new Set<string>();
  readonly #checks = new Map<string, Promise<boolean>>();
  readonly #turns = new FairQueue(mostWaiting, (milliseconds) => pause(Math.min(milliseconds, longestRest)));

  readonly #file: string;
  readonly #complain: (message: string) => void;
  readonly #compare: Compare;

  private constructor(file: string, complain: (message: string) => void, compare: Compare) {
    this.#file = file;
    this.#complain = complain;
    this.#compare = compare;
  }

  /**
   * Reads a file of accounts. Where it can't be read later on, `complain` is called and the accounts stay as they were.
   * @throws Error when it can't be read now, or has a line that is none of bcrypt's
   */
  static async from(file: string, complain: (message: string) => void, compare: Compare = bcrypt): Promise<Accounts> {
    const accounts = new Accounts(file, complain, compare);
    await accounts.#read();
    return accounts;
  }

  /** Judges the Authorization header of a request that came from an address. */
  async judge(header: string | undefined, address: string): Promise<AccountVerdict> {
    const { encoded, name, password } = readBasic(header) ?? {};
    if (encoded === undefined || name === undefined || password === undefined) return 'wrong';
    await this.#refresh();
    const proof = createHmac('sha256', this.#key).update(encoded).digest('base64');
    if (this.#right.has(proof)) return 'right';
    // Many clients with one account begin at once: what is asked already is not asked again.
    const check = this.#checks.get(proof) ?? this.#turns.run(address, () => this.#check(name, password, proof));
    if (check === undefined) return 'busy';
    this.#checks.set(proof, check);
    try {
      return (await check) ? 'right' : 'wrong';
    } finally {
      if (this.#checks.get(proof) === check) this.#checks.delete(proof);
    }
  }

  /** Returns a text that is another one once the file has changed. */
  async version(): Promise<string> {
    await this.#refresh();
    return this.#version;
  }

  async #check(name: string, password: string, proof: string): Promise<boolean> {
    const hashes = this.#hashes;
    const right = await checkPassword(hashes, name, password, this.#compare);
    if (!right || this.#hashes !== hashes) return right; // What a file said that was replaced meanwhile isn't remembered.
    if (this.#right.size >= mostRemembered) this.#right.clear();
    this.#right.add(proof);
    return true;
  }

  async #refresh(): Promise<void> {
    if (performance.now() - this.#looked < lookAgain) return;
    this.#looked = performance.now();
    try {
      await this.#read();
    } catch (error) {
      this.#complain(`the accounts stay as they were: ${String(error)}`);
    }
  }

  async #read(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(this.#file);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version === this.#version) return;
    this.#hashes = await readHtpasswd(this.#file);
    this.#version = version;
    this.#right.clear();
    this.#checks.clear();
  }
}

/** Returns the name of the account that an Authorization header is of; empty where it is none. */
export function basicUser(header: string | undefined): string {
  return readBasic(header)?.name ?? '';
}

function readBasic(header = ''): { encoded: string; name: string; password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return name === undefined || password === undefined ? undefined : { encoded, name, password };
}

/** Compares by bcrypt. It is loaded with the first password: a server without accounts has no use for it. */
async function bcrypt(password: string, hash: string): Promise<boolean> {
  const { compare } = await import('bcryptjs');
  return await compare(password, hash);
}
