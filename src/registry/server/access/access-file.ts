import { stat } from 'node:fs/promises';
import { placedMessages } from '../config/placed-messages.js';
import { Rights } from './rights.js';

/** Milliseconds between two looks at the file. */
const lookAgain = 1000;

/** Rights by a file of rules. A changed file counts from the next second on; a broken one is reported, and the old one stays. */
export class AccessFile {
  #rights: Rights;
  #version = '';
  #looked = Number.NEGATIVE_INFINITY;

  readonly #file: string | undefined;
  readonly #anonymousPull: boolean;
  readonly #complain: (message: string) => void;

  private constructor(file: string | undefined, anonymousPull: boolean, complain: (message: string) => void) {
    this.#file = file;
    this.#anonymousPull = anonymousPull;
    this.#complain = complain;
    this.#rights = new Rights(undefined, anonymousPull);
  }

  /** Reads the file of rules, where there is one. @throws InputError naming each error in it, Error when it can't be read */
  static async from(
    file: string | undefined,
    anonymousPull: boolean,
    complain: (message: string) => void,
  ): Promise<AccessFile> {
    const access = new AccessFile(file, anonymousPull, complain);
    if (file !== undefined) await access.#read(file, await versionOf(file));
    return access;
  }

  /** Returns the rights as they are now. */
  async rights(): Promise<Rights> {
    const now = performance.now();
    if (this.#file === undefined || now - this.#looked < lookAgain) return this.#rights;
    this.#looked = now;
    try {
      const version = await versionOf(this.#file);
      if (version !== this.#version) await this.#read(this.#file, version);
    } catch (error) {
      this.#complain(`the rights stay as they were: ${placedMessages(error).join('; ')}`);
    }
    return this.#rights;
  }

  async #read(file: string, version: string): Promise<void> {
    this.#version = version; // A broken one is reported once.
    const { readAccessRules } = await import('../config/read-files.js');
    this.#rights = new Rights(readAccessRules(file), this.#anonymousPull);
  }
}

async function versionOf(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file);
  return `${mtimeMs} ${size} ${ino}`;
}
