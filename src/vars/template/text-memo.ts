/** Most texts that are remembered, and most letters of all: more than a large site has. */
const mostTexts = 10_000;
const mostLetters = 8 * 1024 * 1024;

/** Memory of what was made of texts, so that it is made once. The oldest are forgotten. */
export class TextMemo<Value> {
  readonly #values = new Map<string, Value>();
  #letters = 0;

  get(text: string): Value | undefined {
    return this.#values.get(text);
  }

  set(text: string, value: Value): void {
    if (!this.#values.has(text)) this.#letters += text.length;
    this.#values.set(text, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= mostTexts && this.#letters <= mostLetters) return;
      this.#values.delete(oldest);
      this.#letters -= oldest.length;
    }
  }
}
