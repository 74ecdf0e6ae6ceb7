/** Tree of codes: a value, or what follows on a 0 and on a 1. */
export type CodeTree<Value> = { readonly value: Value } | readonly [CodeTree<Value>, CodeTree<Value>];

/** Makes the tree of codes of values whose weights are 1, 2, 3, … (Huffman's method; of equal weights the older first). */
export function codeTree<Value>(values: readonly Value[]): CodeTree<Value> | undefined {
  const leaves: Weighted<Value>[] = values.map((value, at) => ({ weight: at + 1, tree: { value } }));
  const joined: Weighted<Value>[] = []; // Their weights never fall: both lists are queues.
  let [nextLeaf, nextJoined] = [0, 0];
  const lightest = (): Weighted<Value> | undefined => {
    const [leaf, join] = [leaves[nextLeaf], joined[nextJoined]];
    if (leaf !== undefined && (join === undefined || leaf.weight <= join.weight)) {
      nextLeaf += 1;
      return leaf;
    }
    nextJoined += 1;
    return join;
  };
  for (;;) {
    const [left, right] = [lightest(), lightest()];
    if (right === undefined || left === undefined) return left?.tree;
    joined.push({ weight: left.weight + right.weight, tree: [left.tree, right.tree] });
  }
}

interface Weighted<Value> {
  readonly weight: number;
  readonly tree: CodeTree<Value>;
}

/** Reader of single bits, the highest of a byte first. */
export class BitReader {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Returns the next bit; undefined at the end. */
  bit(): 0 | 1 | undefined {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) return undefined;
    const bit = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return bit === 1 ? 1 : 0;
  }

  /** Reads the value of the next code; undefined at the end. */
  value<Value>(tree: CodeTree<Value> | undefined): { readonly value: Value } | undefined {
    let node = tree;
    while (node !== undefined && !('value' in node)) {
      const bit = this.bit();
      if (bit === undefined) return undefined;
      node = node[bit];
    }
    return node;
  }
}
