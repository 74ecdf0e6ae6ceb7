import type { PublishedObject } from '../../publish/layouts/publication.js';

/** Lines about objects in the order in which they are planned, whichever is stored first. */
export class ObjectLines {
  readonly #lineOf: (object: PublishedObject, isNew: boolean) => string | undefined;
  readonly #done = new Map<string, string | undefined>();
  #waiting: readonly PublishedObject[] = [];
  #next = 0;

  constructor(lineOf: (object: PublishedObject, isNew: boolean) => string | undefined) {
    this.#lineOf = lineOf;
  }

  /** Receives the objects in their order. */
  begin(objects: readonly PublishedObject[]): void {
    this.#waiting = objects;
  }

  /** Adds one that is there, and returns the lines that are due: of it and of those behind it. */
  add(object: PublishedObject, isNew: boolean): string[] {
    this.#done.set(object.key, this.#lineOf(object, isNew));
    const due: string[] = [];
    for (let next = this.#waiting[this.#next]; next !== undefined && this.#done.has(next.key); ) {
      const line = this.#done.get(next.key);
      if (line !== undefined) due.push(line);
      this.#next += 1;
      next = this.#waiting[this.#next];
    }
    return due;
  }
}
