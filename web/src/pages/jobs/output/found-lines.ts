import type { OutputLine } from './output-rows.js';

/** Lines between two looks at the clock. */
const stride = 512;

/** Lines that have a text in them, or in the name of their task or host; kept up as lines are added. */
export class FoundLines {
  readonly lines: OutputLine[] = [];
  readonly #text: string;
  readonly #onlyBad: boolean;
  #looked = 0;

  /** @param text in small letters or not; empty: any */
  constructor(text: string, onlyBad: boolean) {
    this.#text = text.toLowerCase();
    this.#onlyBad = onlyBad;
  }

  /** Looks at lines that were added since, for so many milliseconds. @returns true: it has seen all */
  look(all: readonly OutputLine[], milliseconds: number): boolean {
    const begun = performance.now();
    while (this.#looked < all.length) {
      if (this.#looked % stride === 0 && performance.now() - begun > milliseconds) return false;
      const line = all[this.#looked];
      if (line !== undefined && this.#has(line)) this.lines.push(line);
      this.#looked += 1;
    }
    return true;
  }

  #has({ text, task, tone }: OutputLine): boolean {
    if (this.#onlyBad && tone !== 'bad') return false;
    return this.#text === '' || task.searched.includes(this.#text) || text.toLowerCase().includes(this.#text);
  }
}
