/** Part of a text: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds many texts in another at once (Aho and Corasick, 1975). Each character of a text is read once, however many
 * texts are looked for and however alike they are.
 */
export class TextFinder {
  readonly #roots = new Map<number, number>();
  /** Tree of the texts: the first child of each node, its next sibling, and the character that leads to it. */
  readonly #child: number[] = [0];
  readonly #sibling: number[] = [0];
  readonly #code: number[] = [0];
  readonly #depth: number[] = [0];
  /** Node of the longest proper end of a node's text that begins a text. */
  readonly #back: number[] = [0];
  /** Nearest node on that way, this one included, at which a text ends; 0 for none. */
  readonly #end: number[] = [0];
  readonly texts: readonly string[];
  #at = 0;
  /** Nodes visited so far, by which tests count the work. */
  steps = 0;

  constructor(texts: Iterable<string>) {
    this.texts = [...texts];
    for (const text of this.texts) this.#insert(text);
    this.#link();
  }

  /** Forgets what was read. */
  restart(): void {
    this.#at = 0;
  }

  /** Reads the next character. @returns false where nothing looked for has begun */
  read(code: number): boolean {
    let at = this.#at;
    for (;;) {
      this.steps += 1;
      const next = this.#next(at, code);
      if (next !== 0) {
        this.#at = next;
        return true;
      }
      if (at === 0) {
        this.#at = 0;
        return false;
      }
      at = this.#back[at] ?? 0;
    }
  }

  /** Returns the length of the longest beginning of a text that ends here. */
  get begun(): number {
    return this.#depth[this.#at] ?? 0;
  }

  /** Returns the length of the longest beginning that ends here and is not yet a whole text. */
  get unfinished(): number {
    let at = this.#at;
    while (at !== 0 && this.#child[at] === 0) at = this.#back[at] ?? 0;
    return this.#depth[at] ?? 0;
  }

  /** Yields the lengths of the texts that end here, the longest first. */
  *ends(): Generator<number> {
    for (let at = this.#end[this.#at] ?? 0; at !== 0; at = this.#end[this.#back[at] ?? 0] ?? 0) {
      yield this.#depth[at] ?? 0;
    }
  }

  /** Returns true where a text ends here. */
  get hasEnd(): boolean {
    return this.#end[this.#at] !== 0;
  }

  #next(from: number, code: number): number {
    if (from === 0) return this.#roots.get(code) ?? 0;
    let at = this.#child[from] ?? 0;
    while (at !== 0 && this.#code[at] !== code) at = this.#sibling[at] ?? 0;
    return at;
  }

  #insert(text: string): void {
    let at = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      at = this.#next(at, code) || this.#add(at, code);
    }
    this.#end[at] = at;
  }

  #add(parent: number, code: number): number {
    const node = this.#child.length;
    this.#child.push(0);
    this.#code.push(code);
    this.#depth.push((this.#depth[parent] ?? 0) + 1);
    this.#back.push(0);
    this.#end.push(0);
    if (parent === 0) {
      this.#sibling.push(0);
      this.#roots.set(code, node);
    } else {
      this.#sibling.push(this.#child[parent] ?? 0);
      this.#child[parent] = node;
    }
    return node;
  }

  /** Links each node to the longest end of its text that begins a text: breadth first, since that one is shorter. */
  #link(): void {
    const queue = [...this.#roots.values()];
    // The queue grows while it is read.
    for (const node of queue) {
      for (let child = this.#child[node] ?? 0; child !== 0; child = this.#sibling[child] ?? 0) {
        const code = this.#code[child] ?? 0;
        let back = this.#back[node] ?? 0;
        while (back !== 0 && this.#next(back, code) === 0) back = this.#back[back] ?? 0;
        const linked = this.#next(back, code);
        this.#back[child] = linked;
        if (this.#end[child] === 0) this.#end[child] = this.#end[linked] ?? 0;
        queue.push(child);
      }
    }
  }
}
