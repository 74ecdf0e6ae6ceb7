/** A reader of what others wrote, as the fuzzer tries it. */
export interface Reader {
  readonly name: string;
  /** Valid samples, from which broken ones are made. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Words of the format, put in anywhere. */
  readonly words: readonly string[];
  /** Tells errors that are answers; any other is a fault of the reader. */
  refuses(error: unknown): boolean;
  /**
   * Reads an input, and throws {@link Broken} where what came of it isn't what was promised.
   * @returns whether it was accepted, so that a table that refuses everything is noticed
   */
  run(input: Buffer): boolean | Promise<boolean>;
}

/** A reader let something through that it promised to keep out. */
export class Broken extends Error {
  override name = 'Broken';
}

/** Checks a promise of a reader. @throws Broken */
export function promise(holds: boolean, otherwise: string, value: unknown): void {
  if (!holds) throw new Broken(`${otherwise}: ${JSON.stringify(value)}`);
}
